import type { FailedCallOutcome } from '../../kernel/errors.ts';
import { passingTrouble } from '../../kernel/passing-trouble.ts';

/** A `read` changes nothing; a `change` sent twice may be done twice. */
export type CallKind = 'read' | 'change';

export interface Judgement {
  readonly outcome: FailedCallOutcome;
  readonly temporary: boolean;
}

/** Nothing was up, or the name service was down: the same call may work a moment later. */
const NETWORK_DOWN = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EMFILE'],
]);

/**
 * What is known when an answer came that is no success.
 *
 * A 4xx surely changed nothing, 408 excepted. A 5xx, a redirect and a success that can't be read leave a change unknown, unless the code
 * says that it was never begun: throttled (APIGW.0308) or a busy instance. `temporary` is never true for an unknown change: it must
 * be looked for, not sent again. SMS names no code that passes by itself: 6520 and 6603 wait for somebody to start the Agent.
 */
export function classifyAnswer(kind: CallKind, status: number, cloudCode?: string): Judgement {
  const { kind: trouble } = passingTrouble({ code: cloudCode ?? '', status }) ?? {};
  if (trouble === 'busy' || trouble === 'throttling') return { outcome: 'rejected', temporary: true };
  if (status >= 400 && status < 500 && status !== 408) return { outcome: 'rejected', temporary: false };
  return { outcome: 'unknown', temporary: kind === 'read' && !isRedirect(status) };
}

/** What is known when no answer came. */
export function classifyNoAnswer(kind: CallKind, networkCode: string, maySent: boolean): Judgement {
  const passes = NETWORK_DOWN.has(networkCode);
  return maySent
    ? { outcome: 'unknown', temporary: kind === 'read' && passes }
    : { outcome: 'not_sent', temporary: passes };
}

/** Whoever redirects an API call goes on doing so. */
function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}
