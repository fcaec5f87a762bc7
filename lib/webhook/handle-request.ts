import { parseGatewayEvent } from '../events/gateway-event.ts';
import { CloudError, EventError, type Problem } from '../kernel/errors.ts';
import type { Invocation } from '../platform/invocation.ts';
import { OtherEnvironmentError } from '../runs/ledger/origin.ts';
import { callerOf } from './caller.ts';
import { handleCancel } from './cancel.ts';
import { checkQuery } from './check-query.ts';
import { openApiDocument } from './openapi/document.ts';
import {
  type GatewayResponse,
  jsonResponse,
  type ProblemDetails,
  problemResponse,
  RequestRefusedError,
} from './problem.ts';
import { PROBLEM_TYPES } from './problem-types.ts';
import { checkBodySize } from './request-body.ts';
import { routeOf } from './route.ts';
import { otherEnvironment, RETRY_AFTER_SECONDS } from './run-response.ts';
import { showJobs, showOpenRuns, showRun } from './show.ts';
import { handleStart } from './start.ts';

/** Maximum number of problems with a body that are logged. */
const MAX_LOGGED_PROBLEMS = 5;
/** Maximum length of a logged name or message: both come from the caller. */
const MAX_LOGGED_LENGTH = 200;

/**
 * Handles a request from the gateway. Path, method and size are checked first, then the caller, then the content. A caller who is not authorized
 * for a job gets the same response as for a job that does not exist.
 *
 * A request repeated with the same key gets the task that already exists.
 *
 * Responses are not redacted: they echo what the caller sent, and a guessed secret that came back as `***` would be confirmed. They contain no
 * free text from the cloud (for-caller.ts).
 */
export async function handleRequest(event: unknown, invocation: Invocation): Promise<GatewayResponse> {
  try {
    return await dispatch(event, invocation);
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    const { type, code = type, problems = [], logged } = problem;
    const { status } = PROBLEM_TYPES[type];
    const shown = problems.slice(0, MAX_LOGGED_PROBLEMS).map(shortProblem);
    invocation.deps.log.warn('request refused', {
      status,
      code,
      ...(logged === undefined ? {} : { why: logged }),
      ...(shown.length > 0 ? { problems: shown } : {}),
    });
    return problemResponse(problem, invocation.requestId);
  }
}

function shortProblem({ path, message }: Problem): Problem {
  const short = (text: string) => (text.length > MAX_LOGGED_LENGTH ? `${text.slice(0, MAX_LOGGED_LENGTH)}...` : text);
  return { path: path.map((key) => (typeof key === 'string' ? short(key) : key)), message: short(message) };
}

/** The response when the function itself failed. It reveals no details; those are in the log. */
export function failureResponse(_error: unknown, requestId: string): GatewayResponse {
  const detail = 'nothing more was started; the log has the details under this request ID';
  return problemResponse({ type: 'internal', detail }, requestId);
}

async function dispatch(event: unknown, invocation: Invocation): Promise<GatewayResponse> {
  const { settings, requestId } = invocation;
  const request = parseGatewayEvent(event);
  const route = routeOf(request, settings.WEBHOOK_BASE_PATH);
  checkBodySize(request);
  switch (route.to) {
    case 'health':
      checkQuery(request, []);
      return jsonResponse(200, { status: 'ok' }, requestId);
    case 'openapi':
      checkQuery(request, []);
      // Rarely requested, so it is built on demand.
      return jsonResponse(200, openApiDocument(), requestId);
    case 'jobs':
      return showJobs(request, callerOf(request, invocation), invocation);
    case 'start': {
      const caller = callerOf(request, invocation);
      const { credentials } = caller;
      return handleStart(request, { ...(await caller.job(route.job)), credentials }, invocation);
    }
    case 'open':
      return showOpenRuns(request, await callerOf(request, invocation).job(route.job), invocation);
    case 'show':
      return showRun(request, await callerOf(request, invocation).job(route.job), route.run, invocation);
    case 'cancel':
      return handleCancel(request, await callerOf(request, invocation).job(route.job), route.run, invocation);
  }
}

function problemOf(error: unknown): ProblemDetails | undefined {
  if (error instanceof RequestRefusedError) return error.problem;
  if (error instanceof OtherEnvironmentError) return otherEnvironment(error.message);
  if (error instanceof EventError) return { type: 'event', detail: error.message };
  // From a read, or from a stop call that is not recorded: it may be sent again.
  if (!(error instanceof CloudError)) return undefined;
  if (error.outcome === 'rejected' && !error.temporary) return { type: 'refused_by_cloud', code: error.code };
  return { type: 'cloud_unavailable', headers: { 'retry-after': RETRY_AFTER_SECONDS } };
}
