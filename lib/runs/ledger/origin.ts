import { RunError } from '../../kernel/errors.ts';

/**
 * Whose runs, sets, sweeps and pauses a ledger records. Two regions, projects or stages must not share a ledger: the same occurrence would be
 * answered with the other one's task.
 */
export interface Origin {
  readonly region: string;
  /** Absent where nothing says it: a command without HUAWEICLOUD_PROJECT_ID. It is not compared then. */
  readonly project?: string;
  /** `MIGRATIONS_STAGE`. */
  readonly stage: string;
}

/** Somebody else's records. Nothing was created and nothing recorded; a retry does not help. */
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

/** Do the records belong to another region, project or stage? Not before there is one; a ledger without an origin asks nothing. */
export function isForeign({ origin: ours }: WithOrigin, [first]: readonly WithOrigin[]): boolean {
  if (!ours || !first) return false;
  const { origin: theirs } = first;
  if (theirs?.region !== ours.region || theirs.stage !== ours.stage) return true;
  return theirs.project !== undefined && ours.project !== undefined && theirs.project !== ours.project;
}

/**
 * @param what what was opened, for the message
 * @throws {OtherEnvironmentError} for records of another region, project or stage, and for those that name none
 */
export function refuseForeign(what: string, ours: Origin | undefined, records: readonly WithOrigin[]): void {
  if (!ours || !isForeign({ origin: ours }, records)) return;
  const theirs = records[0]?.origin;
  const whose = theirs
    ? `belongs to ${originText(theirs)}`
    : 'names no region, project and stage: a version that did not record them wrote it';
  const advice = 'give each its own ledger (ledger.obs.prefix), or set MIGRATIONS_STAGE to the stage that is meant';
  throw new OtherEnvironmentError(`ledger ${what}: it ${whose}, and this is ${originText(ours)}; ${advice}`);
}
