import type { CancelEnd } from '../../runs/operate/cancel-run.ts';
import { good, LOCATION, problems } from './answers.ts';
import { EXAMPLES } from './examples.ts';
import { GATEWAY } from './gateway-function.ts';
import { BODY, body, JOB_PARAMETER, RUN_PARAMETER } from './requests.ts';
import { RUN_TEXT } from './run-schema.ts';
import { object, oneOf, text } from './schema-parts.ts';

const ENDS: readonly CancelEnd['end'][] = ['cancelled', 'stopping'];

export const CANCELLED = object(
  {
    job: text('The job.'),
    run: RUN_TEXT,
    cancel: oneOf('Over, or being stopped.', ENDS),
    next: text('What happens next, for people.'),
  },
  ['job', 'run', 'cancel'],
);

export const CANCEL_PATH = {
  parameters: [JOB_PARAMETER, RUN_PARAMETER],
  post: {
    operationId: 'cancelRun',
    summary: 'Cancel a run',
    description:
      'Needs a ledger. What was not created is not created any more; a task is stopped, and stays in the service’s list. Signed messages must name the run in their body.',
    tags: ['runs'],
    requestBody: body(object({ run: RUN_TEXT }, [], { additionalProperties: false }), EXAMPLES.cancel),
    responses: {
      200: good('Cancelled', 'Cancelled: nothing runs.', LOCATION),
      202: good('Cancelled', 'The task is being stopped. Read the run.', LOCATION),
      ...problems([
        ...BODY,
        'no_such_job',
        'no_such_run',
        'other_environment',
        'run_over',
        'not_yet',
        'needs_ledger',
        'refused_by_cloud',
      ]),
    },
    ...GATEWAY,
  },
};
