import type { GatewayRequest } from '../../events/gateway-event.ts';
import type { Job } from '../../jobs/job.ts';
import { stringsIn } from '../../jobs/placeholders.ts';
import { placeholdersOf } from '../../schema/placeholder-syntax.ts';
import { didYouMean } from '../../schema/suggest.ts';
import { type CallerCredentials, isAuthorized, readCallerCredentials } from '../../webhook/authenticate.ts';
import { authOf } from '../../webhook/caller.ts';
import { RequestRefusedError } from '../../webhook/problem.ts';
import { checkBodySize } from '../../webhook/request-body.ts';
import { type Route, routeOf } from '../../webhook/route.ts';
import { planRequest } from '../../webhook/start.ts';
import type { MatchContext } from './known-secrets.ts';
import { notAbout, refuses, type Subject, startsNothing, type Verdict, type VerdictCode } from './verdict.ts';

/** The one job that the path names is started, if the caller may use it and its body is taken. */
export function matchRequest(request: GatewayRequest, context: MatchContext): Subject {
  const { jobs, settings } = context;
  const what = `${request.method} ${request.path}, request ${request.requestId}`;
  const nothing = (code: VerdictCode, message: string, refused: boolean) =>
    startsNothing(what, jobs.jobs.keys(), { code, message, refused });
  let route: Route;
  try {
    route = routeOf(request, settings.WEBHOOK_BASE_PATH);
    checkBodySize(request);
  } catch (error) {
    if (!(error instanceof RequestRefusedError)) throw error;
    const { type, detail = type } = error.problem;
    return nothing(type, `${detail}; jobs are started by POST ${settings.WEBHOOK_BASE_PATH}/jobs/{job}/runs`, true);
  }
  if (route.to !== 'start') return nothing('starts_nothing', `the request reads or cancels (${route.to})`, false);
  const { job: name } = route;
  const verdicts: Verdict[] = [...jobs.jobs.values()].map((job) => {
    if (job.name === name) return verdictOn(job, request, context);
    return job.on.request
      ? notAbout(job.name, 'other_job', `the path names ${name.slice(0, 60)}`)
      : notAbout(job.name, 'no_trigger', 'it has no on.request');
  });
  if (jobs.jobs.has(name)) return { what, verdicts };
  const message = `the path names it, and there is no such job${didYouMean(name, jobs.jobs.keys())}`;
  return { what, verdicts: [...verdicts, refuses(name.slice(0, 60), { code: 'no_such_job', message })] };
}

function verdictOn(job: Job, request: GatewayRequest, context: MatchContext): Verdict {
  if (!job.on.request) {
    return refuses(job.name, { code: 'no_trigger', message: 'the path names it, and it has no on.request' });
  }
  // At its own time: an event that was kept is older than any message that is still taken.
  const credentials = readCallerCredentials(
    request,
    Number(request.headers.get('webhook-timestamp')) * 1000 || Date.now(),
  );
  const { refusal, notes } = authenticate(job, request, credentials, context);
  if (refusal !== undefined) return refuses(job.name, { code: 'not_allowed', message: refusal });
  try {
    const { trigger, planned } = planRequest(request, job, { credentials }, context.jobs);
    const all = [...notes, ...timeNote(job), ...planned.planned.warnings];
    return { starts: true, job, run: { trigger, planned }, notes: all };
  } catch (error) {
    if (!(error instanceof RequestRefusedError)) throw error;
    const { type, code = type, detail = code, problems = [] } = error.problem;
    return refuses(job.name, { code, message: detail, problems });
  }
}

/** The gateway sends no time. */
function timeNote({ fields }: Job): string[] {
  const used = [...stringsIn(fields)]
    .flatMap(({ text }) => placeholdersOf(text))
    .filter((path) => /^time\./.test(path));
  return used.length > 0 ? ['its {{ time }} is when the function receives the request; here it is now'] : [];
}

interface AuthVerdict {
  readonly refusal?: string;
  readonly notes: readonly string[];
}

/** Whether the caller may use the job, as far as the secrets that this machine has can tell. */
function authenticate(
  job: Job,
  request: GatewayRequest,
  credentials: CallerCredentials,
  { secrets }: MatchContext,
): AuthVerdict {
  const auth = authOf(job);
  if (auth === 'gateway') return { notes: ['the API Gateway has to know the caller: the event does not say'] };
  if (auth === 'none') return { notes: [] };
  const isSigned = 'standard_webhooks' in auth;
  const listed = (isSigned ? auth.standard_webhooks : auth.bearer).map(({ user_data: name }) => name);
  const names = listed.join(' or ');
  const madeUp = listed.some(secrets.isMadeUp) ? ' (as npm start makes it up; set it, or say --cloud)' : '';
  if (isSigned && !credentials.message) {
    const wanted = 'webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks)';
    return { refusal: `the job wants a signed message: ${wanted}, signed with ${names}`, notes: [] };
  }
  if (!isSigned && credentials.token === undefined) {
    return { refusal: `the job wants a bearer token: Authorization: Bearer and the value of ${names}`, notes: [] };
  }
  const unusable = new Set<string>();
  const allowed = isAuthorized(auth, credentials, { secret: secrets.secret, onUnusable: (name) => unusable.add(name) });
  const what = isSigned ? 'signature' : 'bearer token';
  const age = isSigned ? ageNote(request) : [];
  if (allowed) return { notes: [`the ${what} is right${madeUp}`, ...age] };
  if (unusable.size > 0) {
    const unset = [...unusable].join(', ');
    return { notes: [`the ${what} can't be verified here: ${unset} is not set, or no usable secret`, ...age] };
  }
  return { refusal: `the ${what} is not that of ${names}${madeUp}`, notes: [] };
}

/** The message itself says when it was signed. */
function ageNote(request: GatewayRequest): string[] {
  const at = Number(request.headers.get('webhook-timestamp')) * 1000;
  return [`it is taken within five minutes of ${new Date(at).toISOString()} only`];
}
