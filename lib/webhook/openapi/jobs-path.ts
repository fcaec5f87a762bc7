import { AUTH_SCHEMES, UNCHECKED_AUTHS } from '../../jobs/check-auth.ts';
import { ACTION_KINDS } from '../../migrations/actions.ts';
import { good, problems } from './answers.ts';
import { GATEWAY } from './gateway-function.ts';
import { object, oneOf, text } from './schema-parts.ts';

export const JOBS = object(
  {
    jobs: {
      type: 'array',
      items: object(
        {
          name: text('The job.'),
          action: oneOf('What it creates.', ACTION_KINDS),
          accepts: { type: 'array', items: { type: 'string' }, description: 'Fields that a caller may set.' },
          auth: oneOf('How its callers are known.', [...UNCHECKED_AUTHS, ...AUTH_SCHEMES]),
          runs: text('The path that starts it.'),
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
    description: 'Jobs with a secret of their own are in it for a caller who shows one of them.',
    tags: ['jobs'],
    responses: { 200: good('Jobs', 'The jobs, in the order of the file.'), ...problems() },
    ...GATEWAY,
  },
};
