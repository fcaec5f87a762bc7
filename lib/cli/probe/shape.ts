/** The names and types of a JSON value, never its contents. */
export type Shape = string | { readonly [name: string]: Shape } | readonly Shape[];

/** Names of fields in the APIs of these services. Anything else could be a value, such as an ID that is used as a key. */
const FIELD_NAME = /^(?!.*\d{3})(?![0-9a-f-]{8,}$)[A-Za-z][A-Za-z0-9_-]{0,39}$/;
const MAX_DEPTH = 12;

/**
 * The shape of a value: `"string"`, `"empty string"`, `"number"`, `"boolean"`, `"null"`, an object of shapes, or a list with one shape for all its
 * elements. Types that differ are joined: `"null | string"`.
 */
export function shapeOf(value: unknown, depth = 0): Shape {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (value === '') return 'empty string';
  if (typeof value !== 'object') return typeof value;
  if (depth === MAX_DEPTH) return 'deeper';
  if (Array.isArray(value)) {
    const [first, ...rest] = value.map((one) => shapeOf(one, depth + 1));
    return first === undefined ? [] : [rest.reduce(joinShapes, first)];
  }
  const fields: Record<string, Shape> = {};
  for (const [name, field] of Object.entries(value)) {
    const shown = FIELD_NAME.test(name) ? name : '*';
    const shape = shapeOf(field, depth + 1);
    const known = Object.hasOwn(fields, shown) ? fields[shown] : undefined;
    Object.defineProperty(fields, shown, {
      value: known === undefined ? shape : joinShapes(known, shape),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return fields;
}

/** The shape of values of either shape. A field that is not in both is marked with a question mark. */
export function joinShapes(a: Shape, b: Shape): Shape {
  if (typeof a === 'string' && typeof b === 'string') return joinNames(a, b);
  if (isList(a) && isList(b)) {
    const [one] = a;
    const [other] = b;
    if (one === undefined || other === undefined) return one === undefined ? b : a;
    return [joinShapes(one, other)];
  }
  if (isFields(a) && isFields(b)) return joinFields(a, b);
  return joinNames(nameOf(a), nameOf(b));
}

function joinFields(a: Readonly<Record<string, Shape>>, b: Readonly<Record<string, Shape>>): Shape {
  const plain = (name: string) => name.replace(/\?$/, '');
  const find = (fields: Readonly<Record<string, Shape>>, name: string) =>
    Object.entries(fields).find(([candidate]) => plain(candidate) === name);
  const names = new Set([...Object.keys(a), ...Object.keys(b)].map(plain));
  return Object.fromEntries(
    [...names].map((name) => {
      const one = find(a, name);
      const other = find(b, name);
      if (one === undefined || other === undefined) return [`${name}?`, (one ?? other)?.[1] ?? 'nothing'];
      const isOptional = one[0].endsWith('?') || other[0].endsWith('?');
      return [isOptional ? `${name}?` : name, joinShapes(one[1], other[1])];
    }),
  );
}

function joinNames(a: string, b: string): string {
  return [...new Set([...a.split(' | '), ...b.split(' | ')])].sort().join(' | ');
}

function nameOf(shape: Shape): string {
  if (typeof shape === 'string') return shape;
  return isList(shape) ? 'list' : 'object';
}

function isList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape);
}

function isFields(shape: Shape): shape is Readonly<Record<string, Shape>> {
  return typeof shape === 'object' && !isList(shape);
}
