import type { CancelEnd } from '../../runs/operate/cancel-run.ts';
import { EXAMPLES } from './examples.ts';
import { GATEWAY } from './gateway-function.ts';
import { BODY, body, JOB_PARAMETER, RUN_PARAMETER } from './requests.ts';
import { LOCATION, problems, success } from './responses.ts';
import { RUN_ID_SCHEMA } from './run-schema.ts';
import { object, oneOf, string } from './schema-parts.ts';

const ENDS: readonly CancelEnd['end'][] = ['cancelled', 'stopping'];

export const CANCELLED = object(
  {
    job: string('The job.'),
    run: RUN_ID_SCHEMA,
    cancel: oneOf('Whether the run is cancelled already or its task is being stopped.', ENDS),
    next: string('What happens next, in plain English.'),
  },
  ['job', 'run', 'cancel'],
);

export const CANCEL_PATH = {
  parameters: [JOB_PARAMETER, RUN_PARAMETER],
  post: {
    operationId: 'cancelRun',
    summary: 'Cancel a run',
    description:
      'Requires a ledger. A task that was not created yet will not be created; an existing task is stopped and stays in the service’s list. Signed messages must name the run in their body.',
    tags: ['runs'],
    requestBody: body(object({ run: RUN_ID_SCHEMA }, [], { additionalProperties: false }), EXAMPLES.cancel),
    responses: {
      200: success('Cancelled', 'The run is cancelled; no task is running.', LOCATION),
      202: success('Cancelled', 'The task is being stopped. Read the run to follow it.', LOCATION),
      ...problems([
        ...BODY,
        'no_such_job',
        'no_such_run',
        'other_environment',
        'run_over',
        'not_yet',
        'needs_ledger',
        'refused_by_cloud',
        'secret_unavailable',
      ]),
    },
    ...GATEWAY,
  },
};
