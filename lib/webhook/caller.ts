import type { GatewayRequest } from '../events/gateway-event.ts';
import type { Job, RequestAuth } from '../jobs/job.ts';
import { referenceName, referencesIn } from '../kernel/secret-reference.ts';
import type { Invocation } from '../platform/invocation.ts';
import type { Asker } from '../runs/ledger/asker.ts';
import { authorize, type CallerCredentials, denialReason, readCallerCredentials } from './authenticate.ts';
import { readCallerSecrets } from './caller-secrets.ts';
import { RequestRefusedError } from './problem.ts';
import { RETRY_AFTER_SECONDS } from './run-response.ts';

/** A job that a caller may use, and who the caller is for it. */
export interface AllowedJob {
  readonly job: Job;
  readonly asker: Asker;
}

/** Who is calling, as far as the request shows, and the jobs that they may use. */
export interface Caller {
  readonly credentials: CallerCredentials;
  /**
   * @throws {RequestRefusedError} 404, the same for a job that does not exist, has no `on.request`, or is not available to this caller; 503 instead
   * if that cannot be told because a secret cannot be read now
   */
  job(name: string): Promise<AllowedJob>;
  /** The jobs that this caller may see. @throws {RequestRefusedError} 503, if there may be more, because a secret cannot be read now */
  jobs(): Promise<Job[]>;
}

export function callerOf(
  request: GatewayRequest,
  invocation: Pick<Invocation, 'jobs' | 'deps' | 'callerSecret'>,
): Caller {
  const { jobs, deps } = invocation;
  const credentials = readCallerCredentials(request, Date.now());
  const secrets = readCallerSecrets(credentials, invocation);
  const { secret, unavailable } = secrets;
  const onUnusable = (name: string) => {
    if (unavailable.has(name)) return;
    deps.log.error('a secret in on.request.auth cannot be used: it is not set, malformed or too short', { name });
  };
  const askerOf = (job: Job | undefined) => {
    const auth = job?.on.request && authOf(job);
    return authorize(auth, credentials, { secret, onUnusable });
  };
  const requireSecrets = () => {
    if (unavailable.size === 0) return;
    throw new RequestRefusedError({
      type: 'secret_unavailable',
      detail: 'callers cannot be authenticated now; nothing was started',
      logged: `cannot be read now: ${[...unavailable].join(', ')}`,
      headers: { 'retry-after': RETRY_AFTER_SECONDS },
    });
  };
  return {
    credentials,
    job: async (name) => {
      const job = jobs.jobs.get(name);
      await secrets.of(job);
      const asker = askerOf(job);
      if (asker && job) return { job, asker };
      await secrets.all();
      requireSecrets();
      const logged = denialReason(job?.on.request && authOf(job), credentials);
      throw new RequestRefusedError({
        type: 'no_such_job',
        detail: 'no job with this name is available to this caller',
        logged,
      });
    },
    jobs: async () => {
      await secrets.all();
      const all = [...jobs.jobs.values()];
      const allowed = all.filter(askerOf);
      // A job whose own secrets are all known is not this caller's.
      const isUnclear = (job: Job) =>
        !allowed.includes(job) &&
        referencesIn(job.on.request?.auth).some((reference) => unavailable.has(referenceName(reference)));
      if (all.some(isUnclear)) requireSecrets();
      return allowed;
    },
  };
}

/** How callers of a job are authenticated. */
export function authOf({ on }: Job): RequestAuth {
  return on.request?.auth ?? 'gateway';
}

/** Whether callers of the job must sign their messages. */
export function isSigned(job: Job): boolean {
  const auth = authOf(job);
  return typeof auth === 'object' && 'standard_webhooks' in auth;
}
