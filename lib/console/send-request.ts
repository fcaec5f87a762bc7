import type { Job } from '../jobs/job.ts';
import type { LocalSystem } from '../local-system/local-system.ts';
import { isSigned, sampleCredentials } from '../local-system/sample-request.ts';
import type { RequestAnswer, RequestBody } from './wire.ts';

/** The gateway itself gives up much earlier. */
const TIME_LIMIT_MS = 60_000;

/**
 * Asks for a run through the local gateway as a caller of the job would: with its local secret, if it has one. The idempotency key stands in
 * `webhook-id` where that is signed.
 *
 * @returns the answer, whatever it is @throws when the gateway does not answer
 */
export async function sendRequest(
  { gateway, keys }: Pick<LocalSystem, 'gateway' | 'keys'>,
  job: Job,
  { body, idempotency_key: key }: Omit<RequestBody, 'job'>,
): Promise<RequestAnswer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await fetch(`${gateway.url}/jobs/${job.name}/runs`, {
    method: 'POST',
    headers: {
      'x-apig-appcode': keys.token,
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined || isSigned(job) ? {} : { 'idempotency-key': key }),
      ...sampleCredentials(job, text ?? '', new Date(), key),
    },
    ...(text === undefined ? {} : { body: text }),
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
