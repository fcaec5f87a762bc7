/** `{{ path }}`: only how it is written. Which paths there are, and what they stand for, is lib/jobs/placeholders.ts. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** The paths of the placeholders of a text, in order, repeated as they are. Empty when it has none. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => (match[1] ?? '').trim());
}

export function hasPlaceholder(text: string): boolean {
  return text.search(PLACEHOLDER) !== -1;
}

/** Is there a `{{` that no placeholder begins with? It is a slip of the pen: nothing of the kind can be meant literally. */
export function hasBrokenPlaceholder(text: string): boolean {
  return text.replace(PLACEHOLDER, '').includes('{{');
}

/** The text with each placeholder replaced, once: what `read` gives is not looked at again. */
export function replacePlaceholders(text: string, read: (path: string) => string): string {
  return text.replace(PLACEHOLDER, (_, path: string) => read(path.trim()));
}
