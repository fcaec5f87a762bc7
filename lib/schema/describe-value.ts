/** Maximum number of characters of a value that a message shows. */
const SHOWN_CHARACTERS = 40;

/** Describes a value for a message: its kind, and the start of a string. Never call it with a value that may contain a secret. */
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

/** Describes only the kind of a value, for fields that may contain a secret. */
export function describeKind(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a string' : `a ${typeof value}`;
}
