import { PROBLEM_BASE, PROBLEM_TYPES } from '../problem-types.ts';
import { object, ref, string } from './schema-parts.ts';

export const PROBLEM = object(
  {
    type: string('The problem type; each has a section in docs/webhook.md.', {
      format: 'uri',
      enum: Object.keys(PROBLEM_TYPES).map((name) => `${PROBLEM_BASE}${name}`),
    }),
    title: string('The same for all problems of a type.'),
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: string('The last part of the type, or a more specific code: the cloud’s.'),
    detail: string('What went wrong in this case, in plain English.'),
    errors: {
      type: 'array',
      description: 'One entry for each invalid field.',
      items: object({ pointer: string('JSON pointer into the body.'), detail: string('Why it is invalid.') }, [
        'pointer',
        'detail',
      ]),
    },
    run: { type: 'object', description: 'The run, if there is one.' },
    reason: ref('Reason'),
    request_id: string('The ID of this request in the log.'),
  },
  ['type', 'title', 'status', 'code', 'request_id'],
  { description: 'RFC 9457.' },
);
