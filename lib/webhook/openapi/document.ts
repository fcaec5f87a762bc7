import { requestBodySchema } from '../../jobs/request-schema.ts';
import { HEALTH, HEALTH_PATH, OPENAPI_PATH } from './about-paths.ts';
import { CANCEL_PATH, CANCELLED } from './cancel-path.ts';
import { JOBS, JOBS_PATH } from './jobs-path.ts';
import { PROBLEM } from './problem-schema.ts';
import { RUN_PATH } from './run-path.ts';
import { REASON, RUN, TASK } from './run-schema.ts';
import { OPEN_RUNS, RUNS_PATH, STARTED_RUN } from './runs-path.ts';
import type { Json } from './schema-parts.ts';
import { SECURITY_SCHEMES } from './security-schemes.ts';

/** The OpenAPI 3.1 description of the webhook, built from the schemas that it validates with. `docs/openapi.json` is generated from it. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'migration-functions',
      version: '1.0.0',
      description: 'Starts, shows and cancels migrations. Problems and signatures: docs/webhook.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The address at which the gateway publishes the API.' }],
    tags: [
      { name: 'jobs', description: 'The jobs that can be started.' },
      { name: 'runs', description: 'The runs that were started.' },
      { name: 'about', description: 'The function itself.' },
    ],
    security: [{ 'apig-auth-app': [] }, { 'apig-auth-iam': [] }, { bearer: [] }, { standard_webhooks: [] }],
    paths: {
      '/jobs': JOBS_PATH,
      '/jobs/{job}/runs': RUNS_PATH,
      '/jobs/{job}/runs/{run}': RUN_PATH,
      '/jobs/{job}/runs/{run}/cancel': CANCEL_PATH,
      '/health': HEALTH_PATH,
      '/openapi.json': OPENAPI_PATH,
    },
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: {
        StartFields: requestBodySchema(),
        Task: TASK,
        Reason: REASON,
        StartedRun: STARTED_RUN,
        Run: RUN,
        OpenRuns: OPEN_RUNS,
        Cancelled: CANCELLED,
        Jobs: JOBS,
        Health: HEALTH,
        Problem: PROBLEM,
      },
    },
  };
}
