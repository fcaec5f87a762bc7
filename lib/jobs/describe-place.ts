import type { Problem } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { jobsJsonSchema } from './json-schema.ts';
import { type SchemaNode, schemaForms, schemaKeys, schemaStep } from './schema-places.ts';

/**
 * Describes a path of the jobs file from the file's schema: its description, and its keys if it has any. For an unknown path, the known keys of
 * its parent.
 *
 * @returns `undefined` when the schema has no description
 */
export function describePlace(path: Problem['path']): string | undefined {
  const schema = jobsJsonSchema() as SchemaNode;
  const root = schemaForms(schema, schema);
  const parents = path.slice(0, -1).reduce((nodes, key) => schemaStep(nodes, key, schema), root);
  const [last] = path.slice(-1);
  const nodes = last === undefined ? root : schemaStep(parents, last, schema);
  if (nodes.length === 0) {
    const keys = keysOf(parents);
    return keys === '' ? undefined : `Known keys: ${keys}.`;
  }
  const description = nodes.map((node) => node['description']).find((text) => typeof text === 'string');
  const keys = keysOf(nodes);
  const parts = [description, keys && `Keys: ${keys}.`].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(' ');
}

/** The keys, required ones first. A key counts as required if every alternative requires it. */
function keysOf(nodes: readonly SchemaNode[]): string {
  const shapes = nodes.filter((node) => isRecord(node['properties']));
  const all = schemaKeys(shapes);
  const isRequired = (key: string) => shapes.every(({ required }) => Array.isArray(required) && required.includes(key));
  const requiredKeys = all.filter(isRequired);
  return [...requiredKeys.map((key) => `${key} (required)`), ...all.filter((key) => !isRequired(key))].join(', ');
}
