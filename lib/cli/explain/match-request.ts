import { START_COMMAND } from '../../build/start-command.ts';
import type { GatewayRequest } from '../../events/gateway-event.ts';
import { hasLabels } from '../../jobs/check-auth.ts';
import type { Job } from '../../jobs/job.ts';
import { stringsIn } from '../../jobs/placeholders.ts';
import { isStoredReference, referenceName } from '../../kernel/secret-reference.ts';
import type { Asker } from '../../runs/ledger/asker.ts';
import { placeholdersOf } from '../../schema/placeholder-syntax.ts';
import { didYouMean } from '../../schema/suggest.ts';
import { authorize, type CallerCredentials, readCallerCredentials } from '../../webhook/authenticate.ts';
import { authOf } from '../../webhook/caller.ts';
import { RequestRefusedError } from '../../webhook/problem.ts';
import { checkBodySize } from '../../webhook/request-body.ts';
import { type Route, routeOf } from '../../webhook/route.ts';
import { planRequest } from '../../webhook/start.ts';
import type { MatchContext } from './known-secrets.ts';
import { notAbout, refuses, type Subject, startsNothing, type Verdict, type VerdictCode } from './verdict.ts';

/** The job that the path names is started, if the caller is authorized and the body is accepted. */
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
  if (route.to !== 'start')
    return nothing('starts_nothing', `it is not a request that starts a job (${route.to})`, false);
  const { job: name } = route;
  const verdicts: Verdict[] = [...jobs.jobs.values()].map((job) => {
    if (job.name === name) return verdictOn(job, request, context);
    return job.on.request
      ? notAbout(job.name, 'other_job', `the path names ${name.slice(0, 60)}`)
      : notAbout(job.name, 'no_trigger', 'it has no on.request');
  });
  if (jobs.jobs.has(name)) return { what, verdicts };
  const message = `the path names it, but there is no such job${didYouMean(name, jobs.jobs.keys())}`;
  return { what, verdicts: [...verdicts, refuses(name.slice(0, 60), { code: 'no_such_job', message })] };
}

function verdictOn(job: Job, request: GatewayRequest, context: MatchContext): Verdict {
  if (!job.on.request) {
    return refuses(job.name, { code: 'no_trigger', message: 'the path names it, but it has no on.request' });
  }
  // Verified as of its own timestamp: a stored event is older than the tolerance for messages.
  const credentials = readCallerCredentials(
    request,
    Number(request.headers.get('webhook-timestamp')) * 1000 || Date.now(),
  );
  const { refusal, asker = {}, notes } = authenticate(job, request, credentials, context);
  if (refusal !== undefined) return refuses(job.name, { code: 'not_allowed', message: refusal });
  try {
    const { trigger, planned } = planRequest(request, { job, asker, credentials }, context.jobs);
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
  return used.length > 0 ? ['{{ time }} is when the function receives the request; shown here as now'] : [];
}

interface AuthVerdict {
  readonly refusal?: string;
  /** Who the caller is; absent if that is not known here. */
  readonly asker?: Asker;
  readonly notes: readonly string[];
}

/** Whether the caller is authorized, as far as the secrets on this machine can tell. */
function authenticate(
  job: Job,
  request: GatewayRequest,
  credentials: CallerCredentials,
  { secrets }: MatchContext,
): AuthVerdict {
  const auth = authOf(job);
  if (auth === 'gateway')
    return { notes: ['the API Gateway authenticates the caller: the event does not show whether it did'] };
  if (auth === 'none') return { notes: [] };
  const isSigned = 'standard_webhooks' in auth;
  const listed = isSigned ? auth.standard_webhooks : auth.bearer;
  const names = listed.map(referenceName).join(' or ');
  const generated = listed.some(secrets.isGenerated) ? ` (generated by ${START_COMMAND}; set it, or use --cloud)` : '';
  if (isSigned && !credentials.message) {
    const wanted = 'webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks)';
    return { refusal: `the job requires a signed message: ${wanted}, signed with ${names}`, notes: [] };
  }
  if (!isSigned && credentials.token === undefined) {
    return { refusal: `the job requires a bearer token: Authorization: Bearer and the value of ${names}`, notes: [] };
  }
  const unusable = new Set<string>();
  const asker = authorize(auth, credentials, { secret: secrets.secret, onUnusable: (name) => unusable.add(name) });
  const what = isSigned ? 'signature' : 'bearer token';
  const age = isSigned ? ageNote(request) : [];
  const elsewhere = listed.some(isStoredReference) ? ', or is in DEW, which is not read here' : '';
  if (asker) return { asker, notes: [`the ${what} is valid${generated}`, ...age, ...labelNote(asker)] };
  if (unusable.size > 0) {
    const unset = [...unusable].join(', ');
    return {
      notes: [
        `the ${what} can't be verified here: ${unset} is not set, or not a usable secret${elsewhere}`,
        ...age,
        ...unknownLabel(job),
      ],
    };
  }
  return { refusal: `the ${what} does not match ${names}${generated}`, notes: [] };
}

function labelNote({ label }: Asker): string[] {
  return label === undefined ? [] : [`the caller is ${label}: only callers with this label see the run`];
}

function unknownLabel(job: Job): string[] {
  return hasLabels(job) ? ["the run shown is that of a caller without a label: this caller's is not known here"] : [];
}

/** When the message was signed, according to its own header. */
function ageNote(request: GatewayRequest): string[] {
  const at = Number(request.headers.get('webhook-timestamp')) * 1000;
  return [`it is accepted only within five minutes of ${new Date(at).toISOString()}`];
}
