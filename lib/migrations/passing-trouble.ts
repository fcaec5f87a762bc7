/** What passes by itself, or when an operator has set something right elsewhere: no reason to refuse a run for good. */
export type TroubleKind = 'keys' | 'rights' | 'quota' | 'throttling' | 'unavailable' | 'busy' | 'agent' | 'file';

export interface TroubleRow {
  readonly kind: TroubleKind;
  /** Whose it is. A run whose target is in trouble keeps its turn; one with trouble of its own leaves the target to others. */
  readonly of: 'target' | 'run' | 'cloud';
  /** Ours, and those of the services; DCS also writes `1114 00xxx` for `DCS.4xxx`, and the gateway `APIG.` for `APIGW.`. */
  readonly codes: readonly string[];
  /** HTTP statuses that mean it, whatever the code, unless the code is in another row or in `FINAL_CODES`. */
  readonly statuses: readonly number[];
}

const dcs = (...numbers: readonly number[]) => numbers.map((number) => `DCS.${number}`);

/**
 * The closed table of passing trouble: a run that meets it waits, and is tried again by `reconcile`. All else that is refused is final.
 *
 * Sources: error code table of DCS (opentelekomcloud-docs, 2026-04-22), 4121, 4231, 4975 and CBC.99003651 only in `operateErrorCode` of
 * terraform-provider-huaweicloud (2025-07); error codes of SMS (2025-01-24); OBS error codes (obs_04_0115); API Request Signing Guide.
 */
export const PASSING_TROUBLE: readonly TroubleRow[] = [
  {
    kind: 'keys',
    of: 'run',
    codes: [
      'keys_refused',
      'InvalidAccessKeyId',
      'SignatureDoesNotMatch',
      'APIGW.0301',
      'APIGW.0307',
      ...dcs(1001, 1002, 1003, 1004),
    ],
    statuses: [401],
  },
  {
    kind: 'rights',
    of: 'run',
    codes: ['AccessDenied', 'key_unreadable', 'SMS.9004', ...dcs(2003, 2007, 3002, 3003)],
    statuses: [403],
  },
  { kind: 'quota', of: 'run', codes: ['SMS.6526', 'SMS.8115', ...dcs(4035, 4036, 4039)], statuses: [] },
  { kind: 'throttling', of: 'cloud', codes: ['APIGW.0308', 'SlowDown'], statuses: [429] },
  {
    kind: 'busy',
    of: 'target',
    codes: [
      'instance_busy',
      'CBC.99003651',
      ...dcs(
        4017,
        4026,
        4049,
        4069,
        4096,
        4097,
        4104,
        4108,
        4111,
        4113,
        4114,
        4115,
        4116,
        4117,
        4118,
        4120,
        4121,
        4231,
        4975,
      ),
    ],
    statuses: [],
  },
  { kind: 'busy', of: 'run', codes: ['source_busy'], statuses: [] },
  { kind: 'agent', of: 'run', codes: ['agent_absent', 'SMS.6520', 'SMS.6603'], statuses: [] },
  { kind: 'file', of: 'run', codes: ['file_missing'], statuses: [] },
  { kind: 'unavailable', of: 'cloud', codes: ['out_of_time'], statuses: [500, 502, 503, 504] },
];

/** Refused for good, whatever their status. */
export const FINAL_CODES: ReadonlySet<string> = new Set(['InvalidObjectState', 'ObjectNotRestored', 'RequestIsNotHA']);

const BY_CODE = new Map(PASSING_TROUBLE.flatMap((row) => row.codes.map((code) => [code, row] as const)));
const BY_STATUS = new Map(PASSING_TROUBLE.flatMap((row) => row.statuses.map((status) => [status, row] as const)));

/** Is it passing trouble? `undefined`: no, it is final. By its code first, then by its status. */
export function passingTrouble({
  code,
  status,
}: {
  readonly code: string;
  readonly status?: number | undefined;
}): TroubleRow | undefined {
  const known = oneSpelling(code);
  if (FINAL_CODES.has(known)) return undefined;
  return BY_CODE.get(known) ?? (status === undefined ? undefined : (BY_STATUS.get(status) ?? serverError(status)));
}

function serverError(status: number): TroubleRow | undefined {
  return status >= 500 ? BY_STATUS.get(500) : undefined;
}

/** `111400026` is `DCS.4026`, `APIG.0308` is `APIGW.0308`. */
function oneSpelling(code: string): string {
  const ofDcs = /^1114(\d{2})(\d{3})$/.exec(code);
  if (ofDcs?.[1] === '00') return `DCS.4${ofDcs[2]}`;
  return code.replace(/^APIG\./, 'APIGW.');
}
