/** The syntax of `{{ path }}`. For the known paths and their values, see lib/jobs/placeholders.ts. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** The paths of the placeholders in a string, in order, duplicates included. Empty when it has none. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => (match[1] ?? '').trim());
}

export function hasPlaceholder(text: string): boolean {
  return text.search(PLACEHOLDER) !== -1;
}

/** Is there a `{{` that does not begin a placeholder? It is a typo: a literal `{{` is never intended. */
export function hasBrokenPlaceholder(text: string): boolean {
  return text.replace(PLACEHOLDER, '').includes('{{');
}

/** Replaces each placeholder once: what `read` returns is not expanded again. */
export function replacePlaceholders(text: string, read: (path: string) => string): string {
  return text.replace(PLACEHOLDER, (_, path: string) => read(path.trim()));
}
