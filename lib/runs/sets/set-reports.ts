import { messageOf, named, type Report, subjectOf } from '../report/report.ts';

export interface SetFacts {
  readonly job: string;
  readonly bucket: string;
  readonly prefix: string;
}

export interface IncompleteSet {
  /** When it was given up, ms since 1970. */
  readonly at: number;
  readonly why: string;
  /** Those that came. */
  readonly keys: readonly string[];
}

/** A set that was given up. No run was started. */
export function incompleteSetReport({ job, bucket, prefix }: SetFacts, id: string, found: IncompleteSet): Report {
  const { at, why, keys } = found;
  return {
    id,
    event: 'missed',
    subject: subjectOf(`${job}: set is not complete: obs://${bucket}/${prefix}`),
    message: messageOf(`A set of job ${job} was not complete in time. Nothing was imported.`, [
      ['Set', `obs://${bucket}/${prefix}`],
      ['Objects', keys.length === 0 ? 'none' : named(keys)],
      ['Time', `given up ${new Date(at).toISOString()}`],
      ['Why', why],
      ['What to do', 'find out what did not upload the rest; then upload the whole set below another prefix'],
      ['Report', `${id}; it may be sent twice, then with the same id`],
    ]),
  };
}

/** A set whose marker's list of files can't be used. No run was started. */
export function badManifestReport(
  { job, bucket, prefix }: SetFacts,
  id: string,
  { at, why }: { readonly at: number; readonly why: string },
): Report {
  return {
    id,
    event: 'missed',
    subject: subjectOf(`${job}: the manifest can't be used: obs://${bucket}/${prefix}`),
    message: messageOf(`A set of job ${job} has a manifest that can't be used. Nothing was imported.`, [
      ['Set', `obs://${bucket}/${prefix}`],
      ['Time', `read ${new Date(at).toISOString()}`],
      ['Why', why],
      ['What to do', 'upload the marker again with the right list: its new version completes the set'],
      ['Report', `${id}; it may be sent twice, then with the same id`],
    ]),
  };
}

export interface LateMembers {
  readonly keys: readonly string[];
  /** That the set has started; absent when it was given up. */
  readonly run?: string;
}

/** Objects that came when their set was over. They start nothing. All of them are named. */
export function lateMembersReport({ job, bucket, prefix }: SetFacts, id: string, { keys, run }: LateMembers): Report {
  const [first] = keys;
  const what = keys.length === 1 ? `obs://${bucket}/${first}` : `${keys.length} files of obs://${bucket}/${prefix}`;
  const again = run && `npx migrations runs replay ${job} ${run} --even-succeeded`;
  return {
    id,
    event: 'missed',
    subject: subjectOf(`${job}: too late for its set: ${what}`),
    message: messageOf(`A set of job ${job} was over when more of it came. What was late is not imported.`, [
      ['Set', `obs://${bucket}/${prefix}`],
      ['Late', named(keys, { most: keys.length })],
      [
        'What to do',
        again === undefined
          ? 'if it belongs to the backup, upload the whole set below another prefix'
          : `if it belongs to the backup: ${again}. That lists the set again, and imports all that it has then`,
      ],
      ['Report', `${id}; it may be sent twice, then with the same id`],
    ]),
  };
}
