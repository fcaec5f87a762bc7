import { AUTH_SCHEMES, UNCHECKED_AUTHS } from '../../jobs/check-auth.ts';
import { ACTION_KINDS } from '../../migrations/actions.ts';
import { GATEWAY } from './gateway-function.ts';
import { problems, success } from './responses.ts';
import { object, oneOf, string } from './schema-parts.ts';

export const JOBS = object(
  {
    jobs: {
      type: 'array',
      items: object(
        {
          name: string('The name of the job.'),
          action: oneOf('The kind of task that it creates.', ACTION_KINDS),
          accepts: { type: 'array', items: { type: 'string' }, description: 'Fields that a caller may set.' },
          auth: oneOf('How its callers are authenticated.', [...UNCHECKED_AUTHS, ...AUTH_SCHEMES]),
          runs: string('The path to which a request that starts it is sent.'),
        },
        ['name', 'action', 'accepts', 'auth', 'runs'],
      ),
    },
  },
  ['jobs'],
);

export const JOBS_PATH = {
  get: {
    operationId: 'listJobs',
    summary: 'The jobs that this caller may start',
    description: 'A job with its own secrets is listed only for a caller who presents one of them.',
    tags: ['jobs'],
    responses: {
      200: success('Jobs', 'The jobs, in the order of the jobs file.'),
      ...problems(['secret_unavailable']),
    },
    ...GATEWAY,
  },
};
