import { good, problems } from './answers.ts';
import { GATEWAY } from './gateway-function.ts';
import { JOB_PARAMETER, RUN_PARAMETER } from './requests.ts';

export const RUN_PATH = {
  parameters: [JOB_PARAMETER, RUN_PARAMETER],
  get: {
    operationId: 'showRun',
    summary: 'How far a run is',
    description:
      'The task’s status is read from the service. Without a ledger it is all that is known, and only of a task with exactly the name and target that the jobs file gives.',
    tags: ['runs'],
    responses: {
      200: good('Run', 'The run.'),
      ...problems([
        'no_such_job',
        'no_such_run',
        'other_environment',
        'refused_by_cloud',
        'cloud_unavailable',
        'too_slow',
      ]),
    },
    ...GATEWAY,
  },
};
