import type { Problem } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { jobsJsonSchema } from './json-schema.ts';
import { type SchemaNode, schemaForms, schemaKeys, schemaStep } from './schema-places.ts';

/**
 * What belongs at a place of the jobs file, out of the file's schema: its description, and its keys if it has some. For a place that the schema
 * does not know, what it knows instead.
 *
 * @returns `undefined` when the schema says nothing
 */
export function describePlace(path: Problem['path']): string | undefined {
  const schema = jobsJsonSchema() as SchemaNode;
  const root = schemaForms(schema, schema);
  const parents = path.slice(0, -1).reduce((nodes, key) => schemaStep(nodes, key, schema), root);
  const [last] = path.slice(-1);
  const nodes = last === undefined ? root : schemaStep(parents, last, schema);
  if (nodes.length === 0) {
    const keys = keysOf(parents);
    return keys === '' ? undefined : `known here: ${keys}`;
  }
  const description = nodes.map((node) => node['description']).find((text) => typeof text === 'string');
  const keys = keysOf(nodes);
  const parts = [description, keys && `keys: ${keys}`].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** The keys that are needed first. Of alternatives, what each of them needs. */
function keysOf(nodes: readonly SchemaNode[]): string {
  const shapes = nodes.filter((node) => isRecord(node['properties']));
  const all = schemaKeys(shapes);
  const isNeeded = (key: string) => shapes.every(({ required }) => Array.isArray(required) && required.includes(key));
  const needed = all.filter(isNeeded);
  return [...needed.map((key) => `${key} (needed)`), ...all.filter((key) => !isNeeded(key))].join(', ');
}
