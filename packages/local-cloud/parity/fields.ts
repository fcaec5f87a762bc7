import type { Facts, FactsField, FactsFields } from './facts.ts';

/** A documented field with its path from the root of the body, such as `files[].file_name`. */
export interface PlacedField extends FactsField {
  readonly path: string;
}

/** Deeper nesting, which only types that contain themselves have, is left out. */
const MAX_DEPTH = 8;

/** All fields of a type, outermost first; those of list items have `[]` in their path. */
export function fieldsOf(facts: Facts, type: string, prefix = '', depth = 0): PlacedField[] {
  const item = type.endsWith('[]') ? type.slice(0, -2) : type;
  const start = item === type ? prefix : `${prefix}[]`;
  const fields = depth < MAX_DEPTH ? (facts.types[item] ?? {}) : {};
  return Object.entries(fields).flatMap(([name, field]) => {
    const path = start === '' ? name : `${start}.${name}`;
    return [{ path, ...field }, ...fieldsOf(facts, field.type, path, depth + 1)];
  });
}

/** A value of a field's type, with the mandatory fields of an object. */
export function sampleValue(facts: Facts, { type, enum: allowed }: FactsField): unknown {
  if (allowed?.[0] !== undefined && !type.endsWith('[]')) return allowed[0];
  if (type.endsWith('[]')) return [sampleValue(facts, { type: type.slice(0, -2), ...(allowed && { enum: allowed }) })];
  if (type === 'string') return 'x';
  if (type === 'number') return 1;
  if (type === 'boolean') return true;
  const fields = Object.entries(facts.types[type] ?? {}).filter(([, field]) => field.required === true);
  return Object.fromEntries(fields.map(([name, field]) => [name, sampleValue(facts, field)]));
}

/** The values at a path; several if it goes through lists. */
export function valuesAt(root: unknown, path: string): unknown[] {
  return partsOf(path).reduce<unknown[]>((found, part) => found.flatMap((value) => inside(value, part)), [root]);
}

function inside(value: unknown, part: string): unknown[] {
  if (part === '[]') return Array.isArray(value) ? value : [];
  return isObject(value) && Object.hasOwn(value, part) ? [value[part]] : [];
}

/**
 * A copy with another value at a path, in the first item of each list; undefined removes the field.
 *
 * @param missing creates an object or a list on the way that the root does not have, from its path
 */
export function withValue(root: unknown, path: string, value: unknown, missing: (path: string) => unknown): unknown {
  const place = (current: unknown, parts: readonly string[], done: string): unknown => {
    const [part, ...rest] = parts;
    if (part === undefined) return value;
    const isItem = part === '[]';
    const at = isItem ? `${done}[]` : done === '' ? part : `${done}.${part}`;
    const [held] = inside(current, part);
    const next = rest.length > 0 ? place(held ?? missing(at), rest, at) : value;
    if (isItem) return [next, ...(Array.isArray(current) ? current.slice(1) : [])];
    const { [part]: _, ...others } = isObject(current) ? current : {};
    return next === undefined ? others : { ...others, [part]: next };
  };
  return place(root, partsOf(path), '');
}

/** The paths of all fields of a value. */
export function pathsIn(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, `${prefix}[]`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [path, ...pathsIn(inner, path)];
  });
}

/** The path without its last name or list: `a.b[].c` is in `a.b[]`. */
export function parentOf(path: string): string {
  return path.replace(/(^|\.)[^.[\]]+$/, '');
}

/** A number is part of the name before it: `dim.0` of CES. */
function partsOf(path: string): string[] {
  return path.match(/\[\]|[^.[\]]+(?:\.\d+)?/g) ?? [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of a query or of headers as placed fields. */
export function placed(fields: FactsFields | undefined): PlacedField[] {
  return Object.entries(fields ?? {}).map(([path, field]) => ({ path, ...field }));
}
