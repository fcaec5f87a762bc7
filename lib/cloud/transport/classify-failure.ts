import type { FailedCallOutcome } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';

/** A `read` changes nothing; a `change` that is sent twice may take effect twice. */
export type CallKind = 'read' | 'change';

export interface Classification {
  readonly outcome: FailedCallOutcome;
  readonly temporary: boolean;
}

/** The network, the host or DNS was down: the same call may work a moment later. */
const NETWORK_DOWN = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EMFILE'],
]);

/**
 * Classifies a response that is not a success.
 *
 * A 4xx, except 408, certainly changed nothing. After a 5xx, a redirect or a success that can't be read, the outcome of a change is unknown, unless
 * the code says that it was never begun: throttled (APIGW.0308) or a busy instance. `temporary` is never true for an unknown change: it must be
 * looked up, not sent again. SMS has no code for a temporary failure: 6520 and 6603 last until someone starts the Agent.
 */
export function classifyResponse(kind: CallKind, status: number, cloudCode?: string): Classification {
  const { kind: failure } = transientFailure({ code: cloudCode ?? '', status }) ?? {};
  if (failure === 'busy' || failure === 'throttling') return { outcome: 'rejected', temporary: true };
  if (status >= 400 && status < 500 && status !== 408) return { outcome: 'rejected', temporary: false };
  return { outcome: 'unknown', temporary: kind === 'read' && !isRedirect(status) };
}

/** Classifies a call without a response. */
export function classifyNoResponse(kind: CallKind, networkCode: string, mayHaveBeenSent: boolean): Classification {
  const passes = NETWORK_DOWN.has(networkCode);
  return mayHaveBeenSent
    ? { outcome: 'unknown', temporary: kind === 'read' && passes }
    : { outcome: 'not_sent', temporary: passes };
}

/** A redirect of an API call is permanent. */
function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}
