import type { Answers } from '../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import type { JobName } from './play.ts';

const SUCCEEDED = new Set(['SUCCESS', 'TERMINATED', 'MIGRATE_SUCCESS', 'superseded']);

/** Behaviors under which a job cannot succeed, and how its runs end then: the status of the task, or the code of the reason. */
const ENDS: Readonly<Record<string, { readonly [J in JobName]?: string }>> = {
  'dcs-file-source=swapped': { 'import-landed': 'DCS.4800', 'import-nightly': 'DCS.4800' },
  'dcs-file-names=no-folders': { 'import-landed': 'FAILED' },
  'sms-account-header=required': { 'move-server': 'APIGW.0301' },
  'sms-temporary-keys=refused': { 'move-server': 'SMS.9004' },
};

/** The ends that are neither a success nor expected; empty when there are none. */
export function unexpectedEnds(assume: Answers, ends: Readonly<Record<string, readonly string[]>>): string[] {
  const expected = Object.entries(assume).map(([id, behavior]) => ENDS[`${id}=${behavior}`] ?? {});
  return Object.entries(ends).flatMap(([job, codes]) => {
    const allowed = new Set(expected.flatMap((jobs) => jobs[job as JobName] ?? []));
    const needed = [...allowed].some((code) => codes.includes(code)) || allowed.size === 0;
    const others = codes.filter((code) => (allowed.size > 0 ? !allowed.has(code) : !SUCCEEDED.has(code)));
    return [...others, ...(needed ? [] : ['a success'])].map((code) => `${job}: ${code}`);
  });
}

/** Whether a run of these behaviors waits for ever for what only a person can change. */
export function waitsForAPerson(assume: Answers): boolean {
  return assume['sms-account-header'] === 'required' || assume['sms-temporary-keys'] === 'refused';
}
