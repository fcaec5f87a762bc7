import { GATEWAY } from './gateway-function.ts';
import { JOB_PARAMETER, RUN_PARAMETER } from './requests.ts';
import { problems, success } from './responses.ts';

export const RUN_PATH = {
  parameters: [JOB_PARAMETER, RUN_PARAMETER],
  get: {
    operationId: 'showRun',
    summary: 'Show a run',
    description:
      'The task’s status is read from the service. Without a ledger nothing else is known, and a run is shown only if its task has exactly the name and target from the jobs file.',
    tags: ['runs'],
    responses: {
      200: success('Run', 'The run.'),
      ...problems([
        'no_such_job',
        'no_such_run',
        'other_environment',
        'refused_by_cloud',
        'secret_unavailable',
        'cloud_unavailable',
        'too_slow',
      ]),
    },
    ...GATEWAY,
  },
};
