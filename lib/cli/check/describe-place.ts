import type { Problem } from '../../errors.ts';
import { jobsJsonSchema } from '../../jobs/json-schema.ts';
import { isRecord } from '../../migrations/describe-value.ts';

type Node = Readonly<Record<string, unknown>>;

/**
 * What belongs at a place of the jobs file, out of the file's schema: its description, and its keys if it has some. For a place that the schema
 * does not know, what it knows instead.
 *
 * @returns `undefined` when the schema says nothing
 */
export function describePlace(path: Problem['path']): string | undefined {
  const schema = jobsJsonSchema() as Node;
  const root = forms(schema, schema);
  const parents = path.slice(0, -1).reduce((nodes, key) => step(nodes, key, schema), root);
  const [last] = path.slice(-1);
  const nodes = last === undefined ? root : step(parents, last, schema);
  if (nodes.length === 0) {
    const keys = keysOf(parents);
    return keys === '' ? undefined : `known here: ${keys}`;
  }
  const description = nodes.map((node) => node['description']).find((text) => typeof text === 'string');
  const keys = keysOf(nodes);
  const parts = [description, keys && `keys: ${keys}`].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** A node and all that it may be instead of itself. */
function forms(node: unknown, schema: Node): Node[] {
  if (!isRecord(node)) return [];
  const { $ref: reference } = node;
  const named =
    typeof reference === 'string' ? recordOf(schema['$defs'])[reference.replace('#/$defs/', '')] : undefined;
  const others = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (Array.isArray(node[key]) ? node[key] : []));
  return [node, ...[named, ...others].flatMap((other) => forms(other, schema))];
}

function step(nodes: readonly Node[], key: string | number, schema: Node): Node[] {
  const next = nodes.flatMap((node) => {
    if (typeof key === 'number') return [node['items']];
    const properties = recordOf(node['properties']);
    return [Object.hasOwn(properties, key) ? properties[key] : node['additionalProperties']];
  });
  return next.flatMap((node) => forms(node, schema));
}

/** The keys that are needed first. Of alternatives, what each of them needs. */
function keysOf(nodes: readonly Node[]): string {
  const shapes = nodes.filter((node) => isRecord(node['properties']));
  const all = [...new Set(shapes.flatMap((node) => Object.keys(recordOf(node['properties']))))];
  const isNeeded = (key: string) => shapes.every(({ required }) => Array.isArray(required) && required.includes(key));
  const needed = all.filter(isNeeded);
  return [...needed.map((key) => `${key} (needed)`), ...all.filter((key) => !isNeeded(key))].join(', ');
}

function recordOf(value: unknown): Node {
  return isRecord(value) ? value : {};
}
