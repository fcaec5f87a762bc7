import type { FailedCallOutcome } from '../errors.ts';

/** A `read` changes nothing; a `change` sent twice may be done twice. */
export type CallKind = 'read' | 'change';

export interface Judgement {
  readonly outcome: FailedCallOutcome;
  readonly temporary: boolean;
}

/**
 * The instance is busy with another operation, and says so before it does anything. Error code table of DCS (opentelekomcloud-docs,
 * 2026-04-22); 4121, 4231, 4975 and CBC.99003651 only in `operateErrorCode` of terraform-provider-huaweicloud (2025-07). All are answered
 * with 400 but 4069, which is a 500.
 */
const BUSY = new Set([
  ...[
    '4017',
    '4026',
    '4049',
    '4069',
    '4096',
    '4097',
    '4104',
    '4108',
    '4111',
    '4113',
    '4114',
    '4115',
    '4116',
    '4117',
    '4118',
  ],
  ...['4120', '4121', '4231', '4975'],
]);

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
export function judgeAnswer(kind: CallKind, status: number, cloudCode?: string): Judgement {
  if (isBusy(cloudCode) || isThrottled(status, cloudCode)) return { outcome: 'rejected', temporary: true };
  if (status >= 400 && status < 500 && status !== 408) return { outcome: 'rejected', temporary: false };
  return { outcome: 'unknown', temporary: kind === 'read' && !isRedirect(status) };
}

/** What is known when no answer came. */
export function judgeNoAnswer(kind: CallKind, networkCode: string, maySent: boolean): Judgement {
  const passes = NETWORK_DOWN.has(networkCode);
  return maySent
    ? { outcome: 'unknown', temporary: kind === 'read' && passes }
    : { outcome: 'not_sent', temporary: passes };
}

/** Whoever redirects an API call goes on doing so. */
function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

function isThrottled(status: number, cloudCode: string | undefined): boolean {
  // The gateway writes APIGW. or APIG. before the same number.
  return status === 429 || /^APIGW?\.0308$/.test(cloudCode ?? '');
}

function isBusy(cloudCode: string | undefined): boolean {
  if (cloudCode === 'CBC.99003651') return true;
  // Two families of the same meaning: DCS.4026 is 111400026.
  const number =
    /^DCS\.(4\d{3})$/.exec(cloudCode ?? '')?.[1] ?? /^111400(\d{3})$/.exec(cloudCode ?? '')?.[1]?.padStart(4, '4');
  return number !== undefined && BUSY.has(number);
}
