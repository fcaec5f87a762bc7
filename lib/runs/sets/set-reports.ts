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
  /** Keys of the files that arrived. */
  readonly keys: readonly string[];
}

/** For a set that was given up. No run was started. */
export function incompleteSetReport({ job, bucket, prefix }: SetFacts, id: string, found: IncompleteSet): Report {
  const { at, why, keys } = found;
  return {
    id,
    event: 'missed',
    subject: subjectOf(`${job}: incomplete set: obs://${bucket}/${prefix}`),
    message: messageOf(`A set of job ${job} was not complete in time. Nothing was imported.`, [
      ['Set', `obs://${bucket}/${prefix}`],
      ['Objects', keys.length === 0 ? 'none' : named(keys)],
      ['Time', `given up ${new Date(at).toISOString()}`],
      ['Why', why],
      ['What to do', 'find out why the rest was not uploaded, then upload the whole set under another prefix'],
      ['Report', `${id}; it may be sent twice, then with the same id`],
    ]),
  };
}

/** For a set with an invalid manifest. No run was started. */
export function badManifestReport(
  { job, bucket, prefix }: SetFacts,
  id: string,
  { at, why }: { readonly at: number; readonly why: string },
): Report {
  return {
    id,
    event: 'missed',
    subject: subjectOf(`${job}: invalid manifest: obs://${bucket}/${prefix}`),
    message: messageOf(`A set of job ${job} has an invalid manifest. Nothing was imported.`, [
      ['Set', `obs://${bucket}/${prefix}`],
      ['Time', `read ${new Date(at).toISOString()}`],
      ['Why', why],
      ['What to do', 'upload the marker again with a valid list: its new version completes the set'],
      ['Report', `${id}; it may be sent twice, then with the same id`],
    ]),
  };
}

export interface LateMembers {
  readonly keys: readonly string[];
  /** The run that the set started; absent when the set was given up. */
  readonly run?: string;
}

/** For objects that arrived after their set was over. They start nothing. All of them are named. */
export function lateMembersReport({ job, bucket, prefix }: SetFacts, id: string, { keys, run }: LateMembers): Report {
  const [first] = keys;
  const what = keys.length === 1 ? `obs://${bucket}/${first}` : `${keys.length} files of obs://${bucket}/${prefix}`;
  const again = run && `npx migrations runs replay ${job} ${run} --even-succeeded`;
  return {
    id,
    event: 'missed',
    subject: subjectOf(`${job}: too late for its set: ${what}`),
    message: messageOf(
      `A set of job ${job} was already over when more objects arrived. Late objects are not imported.`,
      [
        ['Set', `obs://${bucket}/${prefix}`],
        ['Late', named(keys, { most: keys.length })],
        [
          'What to do',
          again === undefined
            ? 'if they belong to the backup, upload the whole set under another prefix'
            : `if they belong to the backup: ${again}. That lists the set again and imports everything in it`,
        ],
        ['Report', `${id}; it may be sent twice, then with the same id`],
      ],
    ),
  };
}
