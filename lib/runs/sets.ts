import { CloudError } from '../errors.ts';
import type { LandedSet, ObjectTrigger } from '../events/trigger.ts';
import type { Job, Jobs, ObjectSet } from '../jobs/job.ts';
import { findSetPlace, type SetPlace } from '../jobs/set-place.ts';
import { RESERVE_MS } from './create-task.ts';
import { isFolder } from './ignored-object.ts';
import { LedgerError } from './ledger/ledger-error.ts';
import { OtherEnvironmentError } from './ledger/origin.ts';
import {
  foldSet,
  listOpenSets,
  markSetOpen,
  type OpenSet,
  openSetLog,
  type SetLog,
  type SetObject,
  type SetRecord,
  type SetState,
  unmarkSetOpen,
} from './ledger/set-log.ts';
import { publishReport, REPORTS_END_MS } from './notify.ts';
import { contentOf, fingerprint, occurrenceOf } from './occurrence.ts';
import { incompleteSetReport, lateMembersReport, type Report, type SetFacts } from './report.ts';
import { type RunResult, reasonOf } from './run-result.ts';
import type { RecordedDeps } from './run-step.ts';
import { startRun } from './start-run.ts';

/** Of one set; more than this is a fault in `by` or `key`. */
const MOST_MEMBERS = 1_000;
/** Others write to the same set at most so often while it is read. */
const MOST_TURNS = 1_000;
const EVER = '1970-01-01T00:00:00Z';

/** A set of a job, while its list is read and written. */
interface SetWork {
  readonly jobs: Jobs;
  readonly job: Job;
  readonly bucket: string;
  readonly rule: ObjectSet;
  readonly prefix: string;
  readonly name: string;
  readonly log: SetLog;
}

/**
 * Takes in an object of a set. The object that completes the set starts the set's one run; the same object again, even much later, is answered
 * with what it started.
 *
 * An object that comes when its set is over starts nothing, and is said and reported. A new version of the marker completes the set anew.
 *
 * @returns never throws for what the cloud or the ledger says; `waiting` with `set_incomplete` while the set is not complete, `skipped`
 *   with `late_member` when it came too late
 */
export async function landInSet(
  { jobs, job, object, place }: { jobs: Jobs; job: Job; object: ObjectTrigger; place: SetPlace },
  deps: RecordedDeps,
): Promise<RunResult> {
  const log = deps.log.with({ job: job.name, set: place.prefix });
  try {
    const work = await openWork(jobs, job, place.prefix, deps);
    if (!work) throw new Error(`${place.prefix} is no set of job ${job.name}`);
    return await land(work, place.role, object, { ...deps, log });
  } catch (error) {
    if (error instanceof OtherEnvironmentError) {
      log.error('the set is refused; nothing was recorded', { error });
      return { job: job.name, outcome: 'rejected', reason: reasonOf(error) };
    }
    if (!(error instanceof LedgerError)) throw error;
    log.error('the ledger failed; nothing was created', { error });
    return { job: job.name, outcome: 'waiting', reason: { code: 'ledger', message: error.message } };
  }
}

async function openWork(jobs: Jobs, job: Job, prefix: string, deps: RecordedDeps): Promise<SetWork | undefined> {
  const { object_created: trigger } = job.on;
  const name = trigger && findSetName(trigger, prefix);
  if (!trigger?.set || name === undefined) return undefined;
  const log = await openSetLog(deps.ledger, job.name, prefix);
  return { jobs, job, bucket: trigger.bucket, rule: trigger.set, prefix, name, log };
}

function findSetName(trigger: NonNullable<Job['on']['object_created']>, prefix: string): string | undefined {
  const anything = { ...trigger, key: '**' };
  const place = findSetPlace(anything, `${prefix}x`);
  return place?.prefix === prefix ? place.name : undefined;
}

async function land(
  work: SetWork,
  role: SetPlace['role'],
  object: ObjectTrigger,
  deps: RecordedDeps,
): Promise<RunResult> {
  const { job, prefix, log } = work;
  const { key, time, size } = object;
  const landed: SetObject = { key, version: contentOf(object), time, ...(size === undefined ? {} : { size }) };
  const set = { job: job.name, prefix };
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const state = foldSet(log.records);
    const trigger = state.complete.findLast((complete) => started(complete, role, landed));
    if (trigger) return startSet(work, trigger, deps);
    const type = recordFor(state, role, landed, log.records);
    // Before and after: whoever takes the mark away in between looks again afterwards.
    if (type !== 'known') await markSetOpen(deps.ledger, set);
    if (type !== 'known' && !(await log.append({ ...deps.ledger.stamp(), type, ...landed }))) continue;
    await markSetOpen(deps.ledger, set);
    if (type === 'late') deps.log.error('an object came too late for its set, and starts nothing', { key });
    return isOver(foldSet(log.records)) ? late(work, key) : await tryToStart(work, deps);
  }
  throw unsteady(log);
}

function started({ set }: ObjectTrigger, role: SetPlace['role'], { key, version }: SetObject): boolean {
  if (role === 'marker') return set?.marker === version;
  return set?.members.some((member) => member.key === key && member.version === version) === true;
}

/** What an object that started nothing yet is to its set; `known` when that is recorded. */
function recordFor(
  state: SetState,
  role: SetPlace['role'],
  { key, version }: SetObject,
  records: readonly SetRecord[],
): 'member' | 'marker' | 'late' | 'known' {
  const isKnown = records.some((record) => 'version' in record && record.key === key && record.version === version);
  if (isKnown) return 'known';
  if (role === 'marker') return state.incomplete ? 'late' : 'marker';
  return isOver(state) ? 'late' : 'member';
}

/** Is it decided what becomes of the set? A new marker opens a complete one again. */
function isOver({ complete, incomplete, marker }: SetState): boolean {
  return incomplete !== undefined || (complete.length > 0 && marker === undefined);
}

function late({ job, bucket }: SetWork, key: string): RunResult {
  const message = `obs://${bucket}/${key} came when its set was over; nothing is imported`;
  return { job: job.name, outcome: 'skipped', reason: { code: 'late_member', message } };
}

function unsteady(log: SetLog): LedgerError {
  const message = `ledger ${log.name}: it changed ${MOST_TURNS} times while it was being read`;
  return new LedgerError(message, { temporary: true });
}

/** Starts the run of a set if it is complete. */
async function tryToStart(work: SetWork, deps: RecordedDeps): Promise<RunResult> {
  const { job, log } = work;
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const state = foldSet(log.records);
    const last = state.complete.at(-1);
    if (last && state.marker === undefined) return startSet(work, last, deps);
    const found = await completeSet(work, state, deps);
    if (typeof found === 'string') {
      deps.log.info('a set is not complete', { why: found });
      return { job: job.name, outcome: 'waiting', reason: { code: 'set_incomplete', message: found } };
    }
    await log.append({ ...deps.ledger.stamp(), type: 'complete', trigger: found });
  }
  throw unsteady(log);
}

/** What starts the run of a complete set; a text says what is missing. */
async function completeSet(work: SetWork, state: SetState, deps: RecordedDeps): Promise<ObjectTrigger | string> {
  const { complete } = work.rule;
  const members = [...state.members.values()];
  const have = members.length === 1 ? '1 file is' : `${members.length} files are`;
  const what = `set obs://${work.bucket}/${work.prefix}`;
  if ('count' in complete) {
    return members.length >= complete.count ? setTrigger(work, members) : `${what}: ${have} there of ${complete.count}`;
  }
  if ('quietMs' in complete) {
    const quietAt = (state.lastAt ?? deps.ledger.now()) + complete.quietMs;
    const wait = `${what}: ${have} there; it is complete if none comes before ${new Date(quietAt).toISOString()}`;
    if (members.length === 0 || deps.ledger.now() < quietAt) return wait;
    const listed = await listMembers(work, members, deps);
    if (typeof listed === 'string') return `${what}: ${listed}`;
    const isQuiet = listed.every(({ time }) => Date.parse(time) + complete.quietMs <= deps.ledger.now());
    if (isQuiet && listed.length > 0) return setTrigger(work, listed);
    return isQuiet ? `${what}: its files are gone` : `${what}: a file came to it that was not announced yet`;
  }
  if (!state.marker) return `${what}: ${have} there, and ${complete.marker} is not`;
  const listed = await listMembers(work, members, deps);
  if (typeof listed === 'string') return `${what}: ${listed}`;
  return listed.length > 0
    ? setTrigger(work, listed, state.marker)
    : `${what}: ${complete.marker} is there, and no file`;
}

/**
 * The files that the bucket has for a set, without its marker. A text says why they can't be taken.
 *
 * @throws {CloudError} when the bucket can't be listed
 */
export async function listSetFiles(
  { job, bucket, prefix }: Pick<SetWork, 'job' | 'bucket' | 'prefix'>,
  services: Pick<RecordedDeps['services'], 'obs'>,
): Promise<readonly SetObject[] | string> {
  const { object_created: trigger } = job.on;
  const objects = await (await services.obs()).listSince(bucket, prefix, EVER, MOST_MEMBERS + 1);
  if (objects.length > MOST_MEMBERS)
    return `it has more than ${MOST_MEMBERS} objects; look at "by" and "key" of the job`;
  return objects
    .filter(({ key, size }) => trigger && findSetPlace(trigger, key)?.role === 'member' && !isFolder({ key, size }))
    .map(({ key, size, eTag, versionId, lastModified }) => {
      return { key, size, version: versionId ?? eTag, time: lastModified };
    });
}

/**
 * The files of a set that has its marker, or was quiet: what the bucket has, for a notification may be lost, or come after the marker's. Where we
 * may not list the bucket, what was notified.
 */
async function listMembers(
  work: SetWork,
  notified: readonly SetObject[],
  { services, log }: RecordedDeps,
): Promise<readonly SetObject[] | string> {
  try {
    return await listSetFiles(work, services);
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    if (error.outcome !== 'rejected' || error.temporary) {
      log.warn('the files of a set could not be listed; it is tried again', { error });
      return 'its files could not be listed';
    }
    log.warn('the files of a set may not be listed, so those are taken whose notification came; allow ListBucket', {
      error,
    });
    return notified;
  }
}

/** What starts the run of a set: its files, and the marker where it has one. */
export function setTrigger(
  { bucket, prefix, name }: Pick<SetWork, 'bucket' | 'prefix' | 'name'>,
  objects: readonly SetObject[],
  marker?: SetObject,
): ObjectTrigger {
  const members = [...objects].sort((a, b) => (a.key < b.key ? -1 : 1));
  const set: LandedSet = {
    name,
    ...(marker ? { marker: marker.version } : {}),
    members: members.map(({ key, version }) => ({ key, version })),
  };
  const times = [...members, ...(marker ? [marker] : [])].map(({ time }) => time);
  const newest = times.reduce((a, b) => (Date.parse(b) > Date.parse(a) ? b : a), EVER);
  const size = members.reduce((sum, member) => sum + (member.size ?? Number.NaN), 0);
  return {
    kind: 'object',
    created: true,
    eventName: 'a complete set',
    bucket,
    key: prefix,
    set,
    ...(Number.isNaN(size) ? {} : { size }),
    time: newest,
    warnings: [],
  };
}

/** Starts the run, or answers with what it became; then the set has nothing more to start. */
async function startSet({ jobs, job, log }: SetWork, trigger: ObjectTrigger, deps: RecordedDeps): Promise<RunResult> {
  const result = await startRun({ jobs, job, trigger }, deps);
  if (result.reason?.code === 'ledger' || result.reason?.code === 'internal') return result;
  const run = runOf(job, trigger);
  while (run === runOf(job, foldSet(log.records).toStart)) {
    if (await log.append({ ...deps.ledger.stamp(), type: 'started' })) break;
  }
  return result;
}

function runOf(job: Job, trigger: ObjectTrigger | undefined): string | undefined {
  return trigger && fingerprint(job.name, occurrenceOf(trigger));
}

/**
 * Takes up the sets about which there is something to do: those that were quiet for long enough, whose deadline is over, whose run was not
 * started, whose reports did not go out. As far as the time goes.
 *
 * A set that is not complete by its deadline is given up and reported as `missed`, as what came too late is. A set whose job is gone from
 * the jobs file, or has no sets there any more, is given up.
 *
 * @returns what became of the runs that were started
 * @throws {LedgerError} when the open sets can't be listed
 */
export async function takeUpSets(jobs: Jobs, deps: RecordedDeps): Promise<RunResult[]> {
  const results: RunResult[] = [];
  for (const set of await listOpenSets(deps.ledger)) {
    if (deps.remainingMs() <= RESERVE_MS) break;
    const log = deps.log.with({ job: set.job, set: set.prefix });
    try {
      results.push(...(await takeUp(jobs, set, { ...deps, log })));
    } catch (error) {
      log.error('this set could not be taken up; it stays open', { error });
    }
  }
  return results;
}

async function takeUp(jobs: Jobs, set: OpenSet, deps: RecordedDeps): Promise<RunResult[]> {
  const job = jobs.jobs.get(set.job);
  const work = job && (await openWork(jobs, job, set.prefix, deps));
  const log = work?.log ?? (await openSetLog(deps.ledger, set.job, set.prefix));
  const results: RunResult[] = [];
  const { toStart } = foldSet(log.records);
  if (work && (toStart || !isOver(foldSet(log.records)))) {
    const result = toStart ? await startSet(work, toStart, deps) : await tryToStart(work, deps);
    const isWaiting = result.reason?.code === 'set_incomplete';
    if (isWaiting) await giveUpWhenOverdue(work, result.reason?.message ?? '', deps);
    else results.push(result);
  } else if (!work) await giveUp(log, 'its job is gone from the jobs file, or has no such sets there', deps);
  if (work) await reportSet(work, deps);
  await closeSet(log, set, job, deps);
  return results;
}

async function giveUpWhenOverdue({ log, rule }: SetWork, why: string, deps: RecordedDeps): Promise<void> {
  const { firstAt } = foldSet(log.records);
  if (firstAt === undefined || deps.ledger.now() < firstAt + rule.deadlineMs) return;
  await giveUp(log, why, deps);
}

async function giveUp(log: SetLog, why: string, deps: RecordedDeps): Promise<void> {
  const state = foldSet(log.records);
  if (state.toStart === undefined && isOver(state)) return;
  if (await log.append({ ...deps.ledger.stamp(), type: 'incomplete', why })) {
    deps.log.error('a set is given up: it is not complete', { why });
  }
}

/** What is to be reported of a set and was not yet; one report may be about several objects that came too late. */
function dueOf(
  set: SetFacts,
  { incomplete, late: lateOnes, members, notified }: SetState,
): { report: Report; ids: string[] }[] {
  const due: { report: Report; ids: string[] }[] = [];
  const idOf = (...parts: string[]) =>
    `${fingerprint(set.job, { kind: 'object', parts: [set.bucket, ...parts] })}-missed`;
  const given = idOf(set.prefix);
  if (incomplete && !notified.has(given)) {
    const report = incompleteSetReport(set, given, { ...incomplete, keys: [...members.keys()].sort() });
    due.push({ report, ids: [given] });
  }
  const unreported = lateOnes.filter(({ key, version }) => !notified.has(idOf(key, version)));
  const ids = unreported.map(({ key, version }) => idOf(key, version));
  const [id] = ids;
  if (id !== undefined) {
    const report = lateMembersReport(
      set,
      id,
      unreported.map(({ key }) => key),
    );
    due.push({ report, ids });
  }
  return due;
}

async function reportSet({ job, bucket, prefix, log }: SetWork, deps: RecordedDeps): Promise<void> {
  const { notify } = job.policies;
  if (!notify?.on.includes('missed')) return;
  const set = { job: job.name, bucket, prefix };
  for (const { report, ids } of dueOf(set, foldSet(log.records))) {
    const messageId = await publishReport(report, notify, deps);
    while (messageId !== undefined) {
      const { notified } = foldSet(log.records);
      const news = ids.filter((id) => !notified.has(id));
      const records = news.map(
        (id): SetRecord => ({ ...deps.ledger.stamp(), type: 'notified', report: id, messageId }),
      );
      if (news.length === 0 || (await log.append(...records))) break;
    }
  }
}

/** Takes the mark away when nothing is left to do, and puts it again if something came in at that moment. */
async function closeSet(log: SetLog, set: OpenSet, job: Job | undefined, deps: RecordedDeps): Promise<void> {
  if (hasWork(log, set, job, deps)) return;
  await unmarkSetOpen(deps.ledger, set);
  await log.refresh();
  if (hasWork(log, set, job, deps)) await markSetOpen(deps.ledger, set);
}

function hasWork(log: SetLog, { prefix }: OpenSet, job: Job | undefined, { ledger }: RecordedDeps): boolean {
  const state = foldSet(log.records);
  if (log.records.length === 0) return false;
  if (state.toStart !== undefined ? job !== undefined && !state.incomplete : !isOver(state)) return true;
  const bucket = job?.on.object_created?.bucket;
  if (bucket === undefined || !job?.policies.notify?.on.includes('missed')) return false;
  const lastAt = log.records.findLast(({ type }) => type !== 'notified')?.at ?? 0;
  return ledger.now() < lastAt + REPORTS_END_MS && dueOf({ job: job.name, bucket, prefix }, state).length > 0;
}
