import { foldSet, type SetRecord, type SetState } from '../ledger/set-log.ts';
import type { CloudEye } from '../report/cloud-eye.ts';
import { cloudEyeEvent } from '../report/cloud-eye-events.ts';
import { publishReport } from '../report/notify.ts';
import type { Report } from '../report/report.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { fingerprint } from '../start/occurrence.ts';
import { badManifestReport, incompleteSetReport, lateMembersReport, type SetFacts } from './set-reports.ts';
import type { SetWork } from './set-work.ts';
import { runOfSet } from './start-set.ts';

/** Maximum number of objects in one report: as many names as fit in a message (SMN PublishMessage: 256 KB; a key has at most 1,024 bytes). */
const MAX_IN_REPORT = 200;

interface DueReport {
  readonly report: Report;
  /** The ids to record once it is sent: one report may be about several late objects. */
  readonly ids: readonly string[];
}

/** The reports of a set that are due and were not sent yet. Empty when there are none. */
export function dueReportsOfSet(set: SetFacts, state: SetState): DueReport[] {
  const { incomplete, badManifest, members, notified } = state;
  const due: DueReport[] = [];
  const idOf = (...parts: string[]) =>
    `${fingerprint(set.job, { kind: 'object', parts: [set.bucket, ...parts] })}-missed`;
  const given = idOf(set.prefix);
  if (incomplete && !notified.has(given)) {
    const report = incompleteSetReport(set, given, { ...incomplete, keys: [...members.keys()].sort() });
    due.push({ report, ids: [given] });
  }
  const bad = badManifest && idOf(set.prefix, 'manifest', badManifest.version);
  if (bad && !notified.has(bad)) due.push({ report: badManifestReport(set, bad, badManifest), ids: [bad] });
  const late = state.late.filter(({ key, version }) => !notified.has(idOf(key, version)));
  const last = state.complete.at(-1);
  for (let i = 0; i < late.length; i += MAX_IN_REPORT) {
    const part = late.slice(i, i + MAX_IN_REPORT);
    const ids = part.map(({ key, version }) => idOf(key, version));
    const keys = [...new Set(part.map(({ key }) => key))];
    const report = lateMembersReport(set, ids[0] ?? '', { keys, ...(last ? { run: runOfSet(set.job, last) } : {}) });
    due.push({ report, ids });
  }
  return due;
}

/** Notes for Cloud Eye what was missed, whether or not the job has `notify`. */
function noteMissed({ job, bucket, prefix }: SetFacts, state: SetState, cloudEye: CloudEye): void {
  const run = fingerprint(job, { kind: 'object', parts: [bucket, prefix] });
  const set = `set obs://${bucket}/${prefix}`;
  const note = (at: number, content: string) => {
    if (at > cloudEye.since) cloudEye.note(cloudEyeEvent('objects_missed', { at, job, run, content }));
  };
  const { incomplete, badManifest, late } = state;
  if (incomplete) note(incomplete.at, `${set} was not complete in time: ${incomplete.why}`);
  if (badManifest) note(badManifest.at, `${set} has an invalid manifest: ${badManifest.why}`);
  for (const { at, key } of late) note(at, `${key} arrived after its ${set} was over`);
}

/** Sends the due reports, if the job wants them. Reports that can't be sent are retried at the next tick. */
export async function reportSet({ job, trigger, prefix, log }: SetWork, deps: RecordedDeps): Promise<void> {
  const { notify } = job.policies;
  const set = { job: job.name, bucket: trigger.bucket, prefix };
  if (deps.cloudEye) noteMissed(set, foldSet(log.records), deps.cloudEye);
  if (!notify?.on.includes('missed')) return;
  for (const { report, ids } of dueReportsOfSet(set, foldSet(log.records))) {
    const messageId = await publishReport(report, notify, deps);
    if (messageId === undefined) return;
    for (;;) {
      const { notified } = foldSet(log.records);
      const news = ids.filter((id) => !notified.has(id));
      const records = news.map(
        (id): SetRecord => ({ ...deps.ledger.stamp(), type: 'notified', report: id, messageId }),
      );
      if (news.length === 0 || (await log.append(...records))) break;
    }
  }
}
