import { JOB_NAME } from '../../jobs/job-name.ts';
import { RUN_ID } from '../../kernel/run-id.ts';
import { ACTION_KINDS } from '../../migrations/actions.ts';
import { RUN_STATES } from '../../runs/report/run-view.ts';
import { object, oneOf, ref, string } from './schema-parts.ts';

export const RUN_ID_SCHEMA = string('The run ID: 32 hex digits.', { pattern: RUN_ID.source });

export const TASK = object(
  {
    kind: oneOf('The action of the job that created it.', ACTION_KINDS),
    id: string('The ID that the service assigned.'),
    name: string('The name that the run gave it; it contains part of the run ID.'),
    status: string('The status as the service reports it.'),
  },
  ['kind', 'id', 'name'],
  { description: 'The migration task in the cloud.' },
);

export const REASON = object(
  {
    code: string('For programs: a code of this project, or the cloud’s (`DCS.4026`).'),
    message: string('For people.'),
    status: { type: 'integer', description: 'The HTTP status of the cloud’s response.' },
    cause: string('For a parked run: the code of what it was waiting for.'),
    request_id: string('The cloud’s request ID, for its support team.'),
  },
  ['code', 'message'],
  { description: 'The reason for the outcome or state. Additional members come from the cloud.' },
);

export const RUN = object(
  {
    job: string('The name of the job.'),
    run: RUN_ID_SCHEMA,
    state: oneOf('The state of the run.', RUN_STATES),
    received_at: string('When it was requested.', { format: 'date-time' }),
    caller: string('The label of the caller that requested it. Absent without one.', { pattern: JOB_NAME.source }),
    task: ref('Task'),
    progress: {
      type: 'object',
      description: 'Progress figures of a running task, as the service reports them.',
      additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    },
    reason: ref('Reason'),
    replay_of: { ...RUN_ID_SCHEMA, description: 'The run that this one repeats.' },
    replayed_as: { type: 'array', description: 'The runs that repeat this one, oldest first.', items: RUN_ID_SCHEMA },
    history: {
      type: 'array',
      description: 'The newest 100 recorded events, oldest first. Absent without a ledger and in lists.',
      items: object(
        {
          at: string('When it happened.', { format: 'date-time' }),
          event: string('What happened.'),
          reason: ref('Reason'),
        },
        ['at', 'event'],
      ),
    },
  },
  ['job', 'run', 'state'],
);
