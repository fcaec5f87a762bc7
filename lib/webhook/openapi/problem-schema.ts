import { PROBLEM_BASE, PROBLEM_TYPES } from '../problem-types.ts';
import { object, ref, text } from './schema-parts.ts';

export const PROBLEM = object(
  {
    type: text('Which problem; each has a section in docs/webhook.md.', {
      format: 'uri',
      enum: Object.keys(PROBLEM_TYPES).map((name) => `${PROBLEM_BASE}${name}`),
    }),
    title: text('The same for all of a type.'),
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: text('The type’s last part, or what is more exact: the cloud’s code.'),
    detail: text('What it is this time, for people.'),
    errors: {
      type: 'array',
      description: 'One entry for each field at fault.',
      items: object({ pointer: text('JSON pointer into the body.'), detail: text('Why.') }, ['pointer', 'detail']),
    },
    run: { type: 'object', description: 'The run, if there is one.' },
    reason: ref('Reason'),
    request_id: text('For the log.'),
  },
  ['type', 'title', 'status', 'code', 'request_id'],
  { description: 'RFC 9457.' },
);
