import type { ProblemName } from '../problem-types.ts';
import type { Json } from './schema-parts.ts';

/** Of every path that takes a body. */
export const BODY: readonly ProblemName[] = [
  'not_json',
  'not_an_object',
  'duplicate_key',
  'forbidden_key',
  'too_deep',
  'body_too_large',
  'not_json_type',
  'content_encoding',
  'invalid_fields',
];

export function body(schema: Json, examples: Json): Json {
  return { required: false, content: { 'application/json': { schema, examples } } };
}
