import { JOB_NAME } from '../../jobs/job-name.ts';
import { IDEMPOTENCY_KEY } from '../../kernel/idempotency-key.ts';
import { RUN_ID } from '../../kernel/run-id.ts';
import type { ProblemName } from '../problem-types.ts';
import { EXAMPLES } from './examples.ts';
import type { Json } from './schema-parts.ts';

export const JOB_PARAMETER = {
  name: 'job',
  in: 'path',
  required: true,
  description: 'The job’s name in the jobs file.',
  schema: { type: 'string', pattern: JOB_NAME.source },
  example: EXAMPLES.job,
};
export const RUN_PARAMETER = {
  name: 'run',
  in: 'path',
  required: true,
  description: 'The run ID, from the response that started the run.',
  schema: { type: 'string', pattern: RUN_ID.source },
  example: EXAMPLES.run,
};
export const KEY_PARAMETER = {
  name: 'idempotency-key',
  in: 'header',
  description:
    'Identifies the request: sending the same key again returns the same run. Not allowed where messages are signed.',
  schema: { type: 'string', pattern: IDEMPOTENCY_KEY.source },
  example: EXAMPLES.key,
};

/** Problems of every path that takes a body. */
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
