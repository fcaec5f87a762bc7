import type { Job } from '../../jobs/job.ts';
import type { LocalSystem } from '../../local-system/local-system.ts';
import { isSigned, sampleCredentials } from '../../local-system/sample-request.ts';
import type { GatewayResponse, RequestBody } from '../wire-system.ts';

/** The gateway itself times out much earlier. */
const TIME_LIMIT_MS = 60_000;

/**
 * Requests a run through the local gateway, as a caller of the job would: with its local secret, if it has one. The idempotency key is sent as
 * `webhook-id` if requests are signed.
 *
 * @returns the response, whatever its status @throws if the gateway does not respond
 */
export async function sendRequest(
  { gateway, keys, cloud }: Pick<LocalSystem, 'gateway' | 'keys' | 'cloud'>,
  job: Job,
  { body, idempotency_key: key }: Omit<RequestBody, 'job'>,
): Promise<GatewayResponse> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const response = await fetch(`${gateway.url}/jobs/${job.name}/runs`, {
    method: 'POST',
    headers: {
      'x-apig-appcode': keys.token,
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined || isSigned(job) ? {} : { 'idempotency-key': key }),
      ...sampleCredentials(job, text ?? '', new Date(cloud.clock.now()), key),
    },
    ...(text === undefined ? {} : { body: text }),
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}
