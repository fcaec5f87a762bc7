import { RUN_OUTCOMES } from '../../runs/report/run-result.ts';
import { good, LOCATION, problems, RETRY_AFTER } from './answers.ts';
import { EXAMPLES } from './examples.ts';
import { GATEWAY } from './gateway-function.ts';
import { BODY, body, JOB_PARAMETER, KEY_PARAMETER } from './requests.ts';
import { RUN_TEXT } from './run-schema.ts';
import { object, oneOf, ref, text } from './schema-parts.ts';

export const STARTED_RUN = object(
  {
    job: text('The job.'),
    run: RUN_TEXT,
    outcome: oneOf('What came of this request.', RUN_OUTCOMES),
    task: ref('Task'),
    reason: ref('Reason'),
    next: text('What happens next, for people.'),
  },
  ['job', 'run', 'outcome'],
);

export const OPEN_RUNS = object(
  {
    runs: { type: 'array', description: 'Oldest first, at most 20.', items: ref('Run') },
    left: { type: 'integer', minimum: 0, description: 'Open runs that are not in the list.' },
  },
  ['runs', 'left'],
);

export const RUNS_PATH = {
  parameters: [JOB_PARAMETER],
  post: {
    operationId: 'startRun',
    summary: 'Start a run',
    description: 'The same key again answers with what the first request made, and does nothing.',
    tags: ['runs'],
    parameters: [KEY_PARAMETER],
    requestBody: body(ref('StartFields'), EXAMPLES.start),
    responses: {
      200: good('StartedRun', 'This key came before: the run that is there.', LOCATION),
      201: good('StartedRun', 'The task was created.', LOCATION),
      202: good('StartedRun', 'It waits, or it is not known yet what came of it. Read the run.', {
        ...LOCATION,
        ...RETRY_AFTER,
      }),
      ...problems([
        ...BODY,
        'idempotency_key',
        'no_such_job',
        'not_found_in_cloud',
        'key_reused',
        'other_environment',
        'run_rejected',
        'waiting',
        'too_many_waiting',
        'refused_field',
        'refused_by_cloud',
        'refused_for_now',
      ]),
    },
    ...GATEWAY,
  },
  get: {
    operationId: 'listOpenRuns',
    summary: 'The runs that are not over',
    description: 'At most 20, oldest first. Needs a ledger.',
    tags: ['runs'],
    parameters: [
      {
        name: 'state',
        in: 'query',
        required: true,
        description: 'Which runs.',
        schema: { type: 'string', enum: ['open'] },
        example: 'open',
      },
    ],
    responses: {
      200: good('OpenRuns', 'The runs.'),
      ...problems(['no_such_job', 'needs_ledger', 'too_slow']),
    },
    ...GATEWAY,
  },
};
