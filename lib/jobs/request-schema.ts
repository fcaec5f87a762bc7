import { ACTION_KINDS, ACTIONS } from '../migrations/actions.ts';
import type { Field, FieldTable } from '../schema/fields.ts';
import { acceptableFields } from './check-triggers.ts';

type Schema = Readonly<Record<string, unknown>>;

/** What a field of an action takes from a caller, as JSON Schema: out of the tables that the check itself reads. */
function fieldSchema(field: Field): Schema {
  return { description: field.doc, ...kindSchema(field) };
}

function kindSchema(field: Field): Schema {
  switch (field.type) {
    case 'string':
      return {
        type: field.nullable ? ['string', 'null'] : 'string',
        ...(field.min ? { minLength: field.min } : {}),
        ...(field.max === undefined ? {} : { maxLength: field.max }),
        ...(field.values ? { enum: field.nullable ? [...field.values, null] : field.values } : {}),
        ...(field.pattern ? { pattern: `^(?:${field.pattern.source})$` } : {}),
      };
    case 'integer':
    case 'number': {
      const { type, min: minimum, max: maximum } = field;
      const number = { type, minimum, maximum };
      return field.type === 'integer' && field.sendAs
        ? { oneOf: [number, { type: 'string', pattern: '^[0-9]{1,16}$' }] }
        : number;
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'object':
      return tableSchema(field.fields);
    case 'list':
      return {
        type: 'array',
        items: fieldSchema(field.of),
        ...(field.min ? { minItems: field.min } : {}),
        ...(field.max === undefined ? {} : { maxItems: field.max }),
      };
    case 'secret':
      // No caller may send one.
      return { not: {} };
  }
}

function tableSchema(table: FieldTable): Schema {
  const required = Object.entries(table).flatMap(([name, field]) => (field.must ? [name] : []));
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(table).map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length > 0 ? { required } : {}),
  };
}

/**
 * The bodies that start a run: every field that some job may accept. Which of them a job does accept, and which a placeholder of it uses,
 * its jobs file says; so other names are not excluded here.
 */
export function requestBodySchema(): Schema {
  const properties = new Map<string, Schema[]>();
  for (const kind of ACTION_KINDS) {
    for (const name of acceptableFields(kind)) {
      const field = ACTIONS[kind].fields[name];
      if (!field) continue;
      const schema =
        name === 'target_instance'
          ? { type: 'string', minLength: 1, description: 'The name of a target in the jobs file.' }
          : fieldSchema(field);
      const known = properties.get(name) ?? [];
      if (!known.some((other) => JSON.stringify(other) === JSON.stringify(schema))) known.push(schema);
      properties.set(name, known);
    }
  }
  return {
    type: 'object',
    description: 'Fields of the job’s action, as far as its `accepts` names them, and those that its placeholders use.',
    properties: Object.fromEntries(
      [...properties].map(([name, schemas]) => [name, schemas.length === 1 ? schemas[0] : { anyOf: schemas }]),
    ),
  };
}
