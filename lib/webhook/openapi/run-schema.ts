import { RUN_ID } from '../../kernel/run-id.ts';
import { ACTION_KINDS } from '../../migrations/actions.ts';
import { RUN_STATES } from '../../runs/report/run-view.ts';
import { object, oneOf, ref, text } from './schema-parts.ts';

export const RUN_TEXT = text('The run: 32 hex digits.', { pattern: RUN_ID.source });

export const TASK = object(
  {
    kind: oneOf('Which action of the job made it.', ACTION_KINDS),
    id: text('The service’s id.'),
    name: text('The name that we gave; it carries the run.'),
    status: text('As the service states it.'),
  },
  ['kind', 'id', 'name'],
  { description: 'The migration task in the cloud.' },
);

export const REASON = object(
  {
    code: text('For programs: ours, or the cloud’s (`DCS.4026`).'),
    message: text('For people.'),
    status: { type: 'integer', description: 'HTTP status of the cloud.' },
    cause: text('Of a parked run: the code of what it waited for in vain.'),
    request_id: text('The cloud’s request id, for its support.'),
  },
  ['code', 'message'],
  { description: 'Why it is so. More members are what the cloud said.' },
);

export const RUN = object(
  {
    job: text('The job.'),
    run: RUN_TEXT,
    state: oneOf('How far it is.', RUN_STATES),
    received_at: text('When it was asked for.', { format: 'date-time' }),
    task: ref('Task'),
    progress: {
      type: 'object',
      description: 'Figures of a task that runs, as the service gives them.',
      additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    },
    reason: ref('Reason'),
    replay_of: { ...RUN_TEXT, description: 'The run that this one is another attempt at.' },
    replayed_as: { type: 'array', description: 'Further attempts at this one, oldest first.', items: RUN_TEXT },
    history: {
      type: 'array',
      description: 'What was recorded, oldest first, the newest 100. Absent without a ledger and in lists.',
      items: object({ at: text('When.', { format: 'date-time' }), event: text('What.'), reason: ref('Reason') }, [
        'at',
        'event',
      ]),
    },
  },
  ['job', 'run', 'state'],
);
