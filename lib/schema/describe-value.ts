/** The most characters of a given value that a message shows. */
const SHOWN_CHARACTERS = 40;

/** A value as a message may show it: its kind, and the start of a text. Never call it with something that may hold a secret. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return String(value);
  const characters = [...value.slice(0, 2 * SHOWN_CHARACTERS + 2)];
  const shown =
    characters.length > SHOWN_CHARACTERS ? `${characters.slice(0, SHOWN_CHARACTERS).join('')}…` : characters.join('');
  return `the string ${JSON.stringify(shown)}`;
}

/** The kind of a value alone, for fields that may hold a secret. */
export function describeKind(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a string' : `a ${typeof value}`;
}
