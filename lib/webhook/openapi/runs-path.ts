import { RUN_OUTCOMES } from '../../runs/report/run-result.ts';
import { EXAMPLES } from './examples.ts';
import { GATEWAY } from './gateway-function.ts';
import { BODY, body, JOB_PARAMETER, KEY_PARAMETER } from './requests.ts';
import { LOCATION, problems, RETRY_AFTER, success } from './responses.ts';
import { RUN_ID_SCHEMA } from './run-schema.ts';
import { object, oneOf, ref, string } from './schema-parts.ts';

export const STARTED_RUN = object(
  {
    job: string('The name of the job.'),
    run: RUN_ID_SCHEMA,
    outcome: oneOf('The outcome of this request.', RUN_OUTCOMES),
    task: ref('Task'),
    reason: ref('Reason'),
    next: string('What happens next, in plain English.'),
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
    description: 'Sending the same key again returns the run of the first request and changes nothing.',
    tags: ['runs'],
    parameters: [KEY_PARAMETER],
    requestBody: body(ref('StartFields'), EXAMPLES.start),
    responses: {
      200: success('StartedRun', 'The key was used before. This is the existing run.', LOCATION),
      201: success('StartedRun', 'The task was created.', LOCATION),
      202: success('StartedRun', 'The run is waiting, or its outcome is not yet known. Read the run.', {
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
        'secret_unavailable',
      ]),
    },
    ...GATEWAY,
  },
  get: {
    operationId: 'listOpenRuns',
    summary: 'List the open runs',
    description: 'At most 20, oldest first. Requires a ledger.',
    tags: ['runs'],
    parameters: [
      {
        name: 'state',
        in: 'query',
        required: true,
        description: 'Which runs to list.',
        schema: { type: 'string', enum: ['open'] },
        example: 'open',
      },
    ],
    responses: {
      200: success('OpenRuns', 'The runs.'),
      ...problems(['no_such_job', 'needs_ledger', 'secret_unavailable', 'too_slow']),
    },
    ...GATEWAY,
  },
};
