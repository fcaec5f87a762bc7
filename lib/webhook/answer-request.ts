import { parseGatewayEvent } from '../events/gateway-event.ts';
import { CloudError, EventError, type Problem } from '../kernel/errors.ts';
import type { Invocation } from '../platform/invocation.ts';
import { OtherEnvironmentError } from '../runs/ledger/origin.ts';
import { callerOf } from './caller.ts';
import { cancelRequested } from './cancel.ts';
import { checkQuery } from './check-query.ts';
import { openApiDocument } from './openapi/document.ts';
import { type GatewayResponse, jsonResponse, type ProblemAnswer, problemResponse, RequestRefused } from './problem.ts';
import { PROBLEM_TYPES } from './problem-types.ts';
import { checkBodySize } from './request-body.ts';
import { routeOf } from './route.ts';
import { otherEnvironment, RETRY_AFTER_SECONDS } from './run-answer.ts';
import { showJobs, showOpenRuns, showRun } from './show.ts';
import { startRequested } from './start.ts';

/** So many problems of a body are logged. */
const MAX_LOGGED = 5;
/** So many characters of a name, and of a message: they are the caller's. */
const MAX_LOGGED_TEXT = 200;

/**
 * Answers a request of the gateway: path, method and size first, then who asks, then what the request says. Whoever may not use a job gets
 * the answer for a job that does not exist.
 *
 * Sent again with the same key it answers with the task that is there.
 *
 * No answer is searched for secrets: it holds what the caller sent, and a guess that came back as `***` would be known to be right. Nothing of
 * what the cloud said in words is in it (for-caller.ts).
 */
export async function answerRequest(event: unknown, invocation: Invocation): Promise<GatewayResponse> {
  try {
    return await answerRoute(event, invocation);
  } catch (error) {
    const answer = problemOf(error);
    if (!answer) throw error;
    const { type, code = type, problems = [], logged } = answer;
    const { status } = PROBLEM_TYPES[type];
    const shown = problems.slice(0, MAX_LOGGED).map(shortProblem);
    invocation.deps.log.warn('request refused', {
      status,
      code,
      ...(logged === undefined ? {} : { why: logged }),
      ...(shown.length > 0 ? { problems: shown } : {}),
    });
    return problemResponse(answer, invocation.requestId);
  }
}

function shortProblem({ path, message }: Problem): Problem {
  const short = (text: string) => (text.length > MAX_LOGGED_TEXT ? `${text.slice(0, MAX_LOGGED_TEXT)}...` : text);
  return { path: path.map((key) => (typeof key === 'string' ? short(key) : key)), message: short(message) };
}

/** The answer when the function itself failed. It says nothing of what is inside; the log does. */
export function failureAnswer(_error: unknown, requestId: string): GatewayResponse {
  const detail = 'nothing more was started; the log has the details under this request id';
  return problemResponse({ type: 'internal', detail }, requestId);
}

async function answerRoute(event: unknown, invocation: Invocation): Promise<GatewayResponse> {
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
      // Seldom asked for, so it is made then only.
      return jsonResponse(200, openApiDocument(), requestId);
    case 'jobs':
      return showJobs(request, callerOf(request, invocation), invocation);
    case 'start': {
      const caller = callerOf(request, invocation);
      return startRequested(request, caller.job(route.job), caller, invocation);
    }
    case 'open':
      return showOpenRuns(request, callerOf(request, invocation).job(route.job), invocation);
    case 'show':
      return showRun(request, callerOf(request, invocation).job(route.job), route.run, invocation);
    case 'cancel':
      return cancelRequested(request, callerOf(request, invocation).job(route.job), route.run, invocation);
  }
}

function problemOf(error: unknown): ProblemAnswer | undefined {
  if (error instanceof RequestRefused) return error.answer;
  if (error instanceof OtherEnvironmentError) return otherEnvironment(error.message);
  if (error instanceof EventError) return { type: 'event', detail: error.message };
  // Of reading, or of a stop call that nothing records: it may be sent again.
  if (!(error instanceof CloudError)) return undefined;
  if (error.outcome === 'rejected' && !error.temporary) return { type: 'refused_by_cloud', code: error.code };
  return { type: 'cloud_unavailable', headers: { 'retry-after': RETRY_AFTER_SECONDS } };
}
