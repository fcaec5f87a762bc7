import type { CloudCode, KnownCode } from './codes.ts';
import type { FailedCallOutcome } from './errors.ts';

/** A failure that goes away by itself, or once an operator has fixed something elsewhere. A run is never refused for good because of it. */
export type TransientFailureKind =
  | 'keys'
  | 'rights'
  | 'quota'
  | 'throttling'
  | 'unavailable'
  | 'busy'
  | 'agent'
  | 'file'
  | 'secret';

export interface TransientFailure {
  readonly kind: TransientFailureKind;
  /** What it affects. A run whose target fails keeps its turn; a run with a failure of its own gives the target to others. */
  readonly of: 'target' | 'run' | 'cloud';
  /** Our codes, and those of the services. DCS also writes `1114 00xxx` for `DCS.4xxx`, and the gateway `APIG.` for `APIGW.`. */
  readonly codes: readonly KnownCode[];
  /** HTTP statuses that indicate it with any code, unless the code is in another row or in `FINAL_CODES`. */
  readonly statuses: readonly number[];
  /** Outcomes of a call that indicate it, if neither code nor status says more. */
  readonly outcomes: readonly FailedCallOutcome[];
}

const dcs = (...numbers: readonly number[]) => numbers.map((number): CloudCode => `DCS.${number}`);

const row = (
  kind: TransientFailureKind,
  of: TransientFailure['of'],
  codes: readonly KnownCode[],
  { statuses = [], outcomes = [] }: Partial<Pick<TransientFailure, 'statuses' | 'outcomes'>> = {},
): TransientFailure => ({ kind, of, codes, statuses, outcomes });

const BAD_KEYS: readonly KnownCode[] = ['keys_refused', 'APIGW.0301', 'APIGW.0307', ...dcs(1001, 1002, 1003, 1004)];
const BAD_KEYS_OF_OBS: readonly CloudCode[] = [
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidSecurity',
  'ExpiredToken',
  'RequestTimeTooSkewed',
];
const BUSY_INSTANCE: readonly KnownCode[] = [
  ...(['instance_busy', 'CBC.99003651'] as const),
  ...dcs(4017, 4026, 4049, 4069, 4096, 4097, 4104, 4108, 4111, 4113, 4114, 4115, 4116, 4117, 4118, 4120),
  ...dcs(4121, 4231, 4975),
];

/**
 * The closed table of transient failures: a run that meets one waits, and `reconcile` retries it. Every other refusal is final.
 *
 * Sources: error code table of DCS (opentelekomcloud-docs, 2026-04-22), 4121, 4231, 4975 and CBC.99003651 only in `operateErrorCode` of
 * terraform-provider-huaweicloud (2025-07); error codes of SMS (2025-01-24); OBS error codes (obs_04_0115); API Request Signing Guide.
 */
export const TRANSIENT_FAILURES: readonly TransientFailure[] = [
  row('keys', 'run', [...BAD_KEYS, ...BAD_KEYS_OF_OBS], { statuses: [401] }),
  row(
    'rights',
    'run',
    ['AccessDenied', 'AccessForbidden', 'key_unreadable', 'SMS.9004', ...dcs(2003, 2007, 3002, 3003)],
    {
      statuses: [403],
    },
  ),
  row('quota', 'run', ['SMS.6526', 'SMS.8115', ...dcs(4035, 4036, 4039)]),
  row('throttling', 'cloud', ['APIGW.0308', 'SlowDown'], { statuses: [429] }),
  row('busy', 'target', BUSY_INSTANCE),
  row('busy', 'run', ['source_busy']),
  row('agent', 'run', ['agent_absent', 'SMS.6520', 'SMS.6603']),
  row('file', 'run', ['file_missing']),
  row('secret', 'run', ['secret_unavailable']),
  // None of these is a refusal: no connection, an invalid certificate, a redirect, an unusable response.
  row('unavailable', 'cloud', ['out_of_time'], { statuses: [500, 502, 503, 504], outcomes: ['not_sent', 'unknown'] }),
];

/** Final with any status and outcome: someone has to change the file, the account, or the request of the run. */
export const FINAL_CODES: ReadonlySet<string> = new Set<KnownCode>([
  // OBS, with 403: an archived object; an account that is in arrears, frozen, closed, or may not use OBS.
  ...(['InvalidObjectState', 'ObjectNotRestored'] as const),
  ...([
    'AccountProblem',
    'AllAccessDisabled',
    'DeregisterUserId',
    'FrozenUserId',
    'InArrearOrInsufficientBalance',
  ] as const),
  ...(['NotSignedUp', 'Unauthorized'] as const),
  // Our own: the request can't be built from what was given, or the response can't be used.
  ...(['bad_id', 'bad_remark', 'request_not_built', 'inexact_number'] as const),
]);

const BY_CODE = new Map<string, TransientFailure>(
  TRANSIENT_FAILURES.flatMap((known) => known.codes.map((code) => [code, known] as const)),
);
const BY_STATUS = new Map(
  TRANSIENT_FAILURES.flatMap((known) => known.statuses.map((status) => [status, known] as const)),
);
const BY_OUTCOME = new Map(TRANSIENT_FAILURES.flatMap((known) => known.outcomes.map((end) => [end, known] as const)));

/** What is known about a failure: of a call, or the reason of a run. */
export interface FailureFacts {
  readonly code: string;
  readonly status?: number | undefined;
  readonly outcome?: FailedCallOutcome | undefined;
}

/** The row of a transient failure; `undefined` when the failure is final. Matched by its code first, then its status, then its outcome. */
export function transientFailure({ code, status, outcome }: FailureFacts): TransientFailure | undefined {
  const known = canonicalCode(code);
  if (FINAL_CODES.has(known)) return undefined;
  return (
    BY_CODE.get(known) ??
    (status === undefined ? undefined : (BY_STATUS.get(status) ?? serverError(status))) ??
    (outcome === undefined ? undefined : BY_OUTCOME.get(outcome))
  );
}

const NEEDS_OPERATOR: ReadonlySet<TransientFailureKind | undefined> = new Set(['keys', 'rights', 'quota']);

/** Does it go away only after an operator has fixed something? */
export function needsOperator(failure: FailureFacts): boolean {
  return NEEDS_OPERATOR.has(transientFailure(failure)?.kind);
}

function serverError(status: number): TransientFailure | undefined {
  return status >= 500 ? BY_STATUS.get(500) : undefined;
}

/** The spelling of a code that the table uses: `DCS.4026` for `111400026`, `APIGW.0308` for `APIG.0308`. */
export function canonicalCode(code: string): string {
  const ofDcs = /^1114(\d{2})(\d{3})$/.exec(code);
  if (ofDcs?.[1] === '00') return `DCS.4${ofDcs[2]}`;
  return code.replace(/^APIG\./, 'APIGW.');
}
