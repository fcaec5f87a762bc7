import { randomBytes } from 'node:crypto';
import { type GatewayEvent, makeGatewayEvent } from '../../../packages/local-cloud/src/functiongraph/gateway-event.ts';
import type { Jobs } from '../../jobs/job.ts';
import type { Settings } from '../../kernel/settings.ts';
import { sampleBody, sampleCredentials } from '../../local-system/sample-request.ts';
import { UsageError } from '../usage-error.ts';

export interface RequestEventChoices {
  readonly job?: string;
  /** Sent as is, JSON or not. */
  readonly body?: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly time: Date;
}

/**
 * A request that starts a job, as API Gateway passes it on. Values that are not given are chosen so that the job accepts it: the named job,
 * else the first with `request`. A required token or signature is made with the generated secrets of the local functions; given headers win.
 *
 * @throws {UsageError} if there is no such job
 */
export function makeSampleRequestEvent(
  choices: RequestEventChoices,
  jobs: Jobs,
  { WEBHOOK_BASE_PATH: basePath }: Pick<Settings, 'WEBHOOK_BASE_PATH'>,
): GatewayEvent {
  const { job: name, time } = choices;
  const job = [...jobs.jobs.values()].find(
    (candidate) => candidate.on.request && (name === undefined || candidate.name === name),
  );
  if (!job) {
    throw new UsageError(
      name === undefined ? 'no job has on.request' : `--job ${name}: no job of this name has on.request`,
    );
  }
  const sample = sampleBody(job, jobs);
  const body = choices.body ?? (Object.keys(sample).length > 0 ? JSON.stringify(sample) : '');
  const length = Buffer.byteLength(body);
  const headers = {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    host: 'api.example.com',
    'user-agent': 'curl/8.5.0',
    ...(length > 0 ? { 'content-type': 'application/json', 'content-length': String(length) } : {}),
    ...sampleCredentials(job, body, time),
    ...choices.headers,
  };
  const query = new URLSearchParams(choices.query).toString();
  return makeGatewayEvent(
    {
      method: 'POST',
      target: `${basePath}/jobs/${job.name}/runs${query ? `?${query}` : ''}`,
      headers,
      body: Buffer.from(body),
      remoteAddress: '198.51.100.27',
      port: 443,
    },
    { pathParameters: {}, apiId: 'd41f7a9c03be4e52865b1f0a7c3e9d28' },
    randomBytes(16).toString('hex'),
  );
}
