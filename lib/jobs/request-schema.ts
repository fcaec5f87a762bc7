import { ACTION_KINDS, ACTIONS } from '../migrations/actions.ts';
import { acceptableFields } from './check-accepted.ts';
import { fieldSchema, type Schema } from './field-schema.ts';

/**
 * The JSON Schema of bodies that start a run: every field that a job may accept. The jobs file defines which of them a job accepts, and which names its
 * placeholders use; so other names are not excluded here.
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
          : fieldSchema(field, 'caller');
      const known = properties.get(name) ?? [];
      if (!known.some((other) => JSON.stringify(other) === JSON.stringify(schema))) known.push(schema);
      properties.set(name, known);
    }
  }
  return {
    type: 'object',
    description: 'Fields of the job’s action that its `accepts` names, and fields that its placeholders use.',
    properties: Object.fromEntries(
      [...properties].map(([name, schemas]) => [name, schemas.length === 1 ? schemas[0] : { anyOf: schemas }]),
    ),
  };
}
