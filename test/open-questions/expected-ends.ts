import type { Answers } from '../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import type { JobName } from './play.ts';

const SUCCEEDED = new Set(['SUCCESS', 'TERMINATED', 'MIGRATE_SUCCESS']);

/** Whatever the event's version is, the run of the version in the bucket takes over. */
const SUPERSEDED = 'superseded';

/**
 * Behaviors under which a job cannot succeed, and how its runs end or wait then: the status of the task, or the code of the reason. Combined with other
 * shapes of errors the code may be another one.
 */
const ENDS: Readonly<Record<string, { readonly [J in JobName]?: string }>> = {
  'dcs-file-source=swapped': { 'import-landed': 'DCS.4800', 'import-nightly': 'DCS.4800' },
  'dcs-file-names=no-folders': { 'import-landed': 'FAILED' },
  'sms-account-header=required': { 'move-server': 'APIGW.0301' },
  'sms-temporary-keys=refused': { 'move-server': 'SMS.9004' },
};

/** How the runs of jobs that cannot succeed end, by job. */
export function expectedEnds(assume: Answers): Readonly<Record<string, string>> {
  const all = Object.entries(assume).map(([id, behavior]) => ENDS[`${id}=${behavior}`] ?? {});
  return Object.assign({}, ...all) as Record<string, string>;
}

/** The ends that are not successes of jobs that can succeed, and successes of those that cannot. */
export function unexpectedEnds(assume: Answers, ends: Readonly<Record<string, readonly string[]>>): string[] {
  const expected = expectedEnds(assume);
  return Object.entries(ends).flatMap(([job, codes]) =>
    codes
      .filter((code) => code !== SUPERSEDED && SUCCEEDED.has(code) === job in expected)
      .map((code) => `${job}: ${code}`),
  );
}

/** Whether a run waits for what only a person can change. */
export function waitsForAPerson(assume: Answers): boolean {
  return assume['sms-account-header'] === 'required' || assume['sms-temporary-keys'] === 'refused';
}
