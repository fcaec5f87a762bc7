import type { GatewayRequest } from '../events/gateway-event.ts';
import type { Job, RequestAuth } from '../jobs/job.ts';
import type { Invocation } from '../platform/invocation.ts';
import { type Credentials, denialReason, isAuthorized, readCredentials } from './authenticate.ts';
import { RequestRefused } from './problem.ts';

/** Who asks, as far as the request shows it, and which jobs that opens. */
export interface Caller {
  readonly credentials: Credentials;
  /** @throws {RequestRefused} 404, the same for a job that does not exist, can't be requested, or is not this caller's */
  job(name: string): Job;
  /** The jobs that this caller may see. */
  jobs(): Job[];
}

export function callerOf(request: GatewayRequest, { jobs, deps }: Invocation): Caller {
  const credentials = readCredentials(request, Date.now());
  const unusable = (name: string) =>
    deps.log.error('a secret of on.request.auth cannot be used: it is not set, malformed or too short', { name });
  const may = (job: Job | undefined) => {
    const auth = job?.on.request && authOf(job);
    return isAuthorized(auth, credentials, { secret: deps.secret, unusable });
  };
  return {
    credentials,
    job: (name) => {
      const job = jobs.jobs.get(name);
      if (may(job) && job) return job;
      const logged = denialReason(job?.on.request && authOf(job), credentials);
      throw new RequestRefused({ type: 'no_such_job', detail: 'there is no job of this name for this caller', logged });
    },
    jobs: () => [...jobs.jobs.values()].filter(may),
  };
}

/** How callers of a job are known. */
export function authOf({ on }: Job): RequestAuth {
  return on.request?.auth ?? 'gateway';
}

/** Are the job's messages signed? */
export function isSigned(job: Job): boolean {
  const auth = authOf(job);
  return typeof auth === 'object' && 'standard_webhooks' in auth;
}
