import { isRecord } from '../kernel/is-record.ts';

/** A node of the jobs file's JSON Schema. */
export type SchemaNode = Readonly<Record<string, unknown>>;

/** A node and all of its alternatives and references. */
export function schemaForms(node: unknown, schema: SchemaNode): SchemaNode[] {
  if (!isRecord(node)) return [];
  const { $ref: reference } = node;
  const named =
    typeof reference === 'string' ? recordOf(schema['$defs'])[reference.replace('#/$defs/', '')] : undefined;
  const others = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (Array.isArray(node[key]) ? node[key] : []));
  return [node, ...[named, ...others].flatMap((other) => schemaForms(other, schema))];
}

/** The nodes for a key or an index of a place. Empty when nothing is allowed there. */
export function schemaStep(nodes: readonly SchemaNode[], key: string | number, schema: SchemaNode): SchemaNode[] {
  const next = nodes.flatMap((node) => {
    if (typeof key === 'number') return [node['items']];
    const properties = recordOf(node['properties']);
    return [Object.hasOwn(properties, key) ? properties[key] : node['additionalProperties']];
  });
  return next.flatMap((node) => schemaForms(node, schema));
}

/** The known keys of a place. Empty where names are free. */
export function schemaKeys(nodes: readonly SchemaNode[]): string[] {
  return [...new Set(nodes.flatMap((node) => Object.keys(recordOf(node['properties']))))];
}

function recordOf(value: unknown): SchemaNode {
  return isRecord(value) ? value : {};
}
