import { RunError } from '../../kernel/errors.ts';

/**
 * The environment whose runs, sets, sweeps and pauses a ledger records. Two regions, projects or stages must not share a ledger: the same occurrence
 * would return the other one's task.
 */
export interface Origin {
  readonly region: string;
  /** Absent if unknown, as in a command without HUAWEICLOUD_PROJECT_ID. Then it is not compared. */
  readonly project?: string;
  /** `MIGRATIONS_STAGE`. */
  readonly stage: string;
}

/** Records of another environment. Nothing was created or recorded; a retry does not help. */
export class OtherEnvironmentError extends RunError {
  constructor(message: string) {
    super('other_environment', message);
  }
}

interface WithOrigin {
  readonly origin?: Origin | undefined;
}

/** `region ap-southeast-3, project 0123abcd, stage prod`. */
export function originText({ region, project, stage }: Origin): string {
  return `region ${region}, ${project === undefined ? '' : `project ${project}, `}stage ${stage}`;
}

/** Whether the records belong to another region, project or stage. Always false without records, or for a ledger without an origin. */
export function isForeign({ origin: ours }: WithOrigin, [first]: readonly WithOrigin[]): boolean {
  if (!ours || !first) return false;
  const { origin: theirs } = first;
  if (theirs?.region !== ours.region || theirs.stage !== ours.stage) return true;
  return theirs.project !== undefined && ours.project !== undefined && theirs.project !== ours.project;
}

/**
 * @param what the object that was opened, for the message
 * @throws {OtherEnvironmentError} for records of another region, project or stage, and for records without an origin
 */
export function refuseForeign(what: string, ours: Origin | undefined, records: readonly WithOrigin[]): void {
  if (!ours || !isForeign({ origin: ours }, records)) return;
  const theirs = records[0]?.origin;
  const whose = theirs
    ? `belongs to ${originText(theirs)}`
    : 'has no region, project and stage, because it was written by a version that did not record them';
  const advice = 'give each its own ledger (ledger.obs.prefix), or set MIGRATIONS_STAGE to the intended stage';
  throw new OtherEnvironmentError(`ledger ${what}: it ${whose}, and this is ${originText(ours)}; ${advice}`);
}
