import { fullyDecoded } from '../../events/object-key.ts';
import type { ObjectTrigger } from '../../events/trigger.ts';
import type { Job, Jobs } from '../../jobs/job.ts';
import type { SetPlace } from '../../jobs/set-place.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { OtherEnvironmentError } from '../ledger/origin.ts';
import { foldSet, markSetOpen, type SetObject, type SetState, writtenAs } from '../ledger/set-log.ts';
import { type RunResult, reasonOf } from '../report/run-result.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { contentOf } from '../start/occurrence.ts';
import { MAX_FILES } from './parse-manifest.ts';
import { isOver } from './set-end.ts';
import { openWork, type SetWork } from './set-work.ts';
import { MAX_TURNS, startSet, tryToStart, unsteady } from './start-set.ts';

/** Files recorded for an incomplete set: one more than allowed, so that it is seen to have too many. */
const MAX_RECORDED = MAX_FILES + 1;

/**
 * Adds an object to its set. The object that completes the set starts the set's single run. If the same object is delivered again, even much later,
 * the result of that run is returned.
 *
 * An object that arrives after its set is over starts nothing; it is logged and reported. A new version of the marker completes the set again.
 *
 * @returns `waiting` with `set_incomplete` while the set is not complete, `rejected` with `bad_manifest` when its manifest is invalid, `skipped` with
 *   `late_member` when the object arrived too late; never throws for errors of the cloud or the ledger
 */
export async function addToSet(
  { jobs, job, object, place }: { jobs: Jobs; job: Job; object: ObjectTrigger; place: SetPlace },
  deps: RecordedDeps,
): Promise<RunResult> {
  const log = deps.log.with({ job: job.name, set: place.prefix });
  try {
    const work = await openWork(jobs, job, place.prefix, deps.ledger);
    if (!work) throw new Error(`${place.prefix} is not a set of job ${job.name}`);
    return await add(work, place.role, object, { ...deps, log });
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

async function add(
  work: SetWork,
  role: SetPlace['role'],
  object: ObjectTrigger,
  deps: RecordedDeps,
): Promise<RunResult> {
  const { job, prefix, log } = work;
  const { key, written, time, size } = object;
  const landed: SetObject = {
    key,
    ...(written === undefined ? {} : { written }),
    version: contentOf(object),
    time,
    ...(size === undefined ? {} : { size }),
  };
  const set = { job: job.name, prefix };
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    const state = foldSet(log.records);
    const trigger = state.complete.findLast((complete) => hasStarted(complete, role, landed));
    if (trigger) return startSet(work, trigger, deps);
    const type = recordFor(state, role, landed);
    if (type === 'too_many') return tryToStart(work, deps);
    // Marked before and after: whoever removes the marker in between checks again afterwards.
    if (type !== 'known') await markSetOpen(deps.ledger, set);
    if (type !== 'known' && !(await log.append({ ...deps.ledger.stamp(), type, ...landed }))) continue;
    await markSetOpen(deps.ledger, set);
    if (type === 'late') deps.log.error('an object arrived too late for its set and starts nothing', { key });
    if (!isOver(foldSet(log.records))) return tryToStart(work, deps);
    const last = foldSet(log.records).complete.at(-1);
    // A version of the marker that was replaced by another one before the set was complete.
    return type === 'known' && role === 'marker' && last ? startSet(work, last, deps) : late(work, key);
  }
  throw unsteady(log);
}

function hasStarted({ set }: ObjectTrigger, role: SetPlace['role'], { key, version }: SetObject): boolean {
  if (role === 'marker') return set?.marker === version;
  const isIt = (other: string) => fullyDecoded(other) === fullyDecoded(key);
  return set?.members.some((member) => member.version === version && isIt(member.key)) === true;
}

/** The role of an object that has not started anything yet; `known` when it is already recorded. */
function recordFor(
  state: SetState,
  role: SetPlace['role'],
  landed: SetObject,
): 'member' | 'marker' | 'late' | 'known' | 'too_many' {
  if (state.known(landed)) return 'known';
  if (role === 'marker') return state.incomplete ? 'late' : 'marker';
  if (isOver(state)) return 'late';
  return state.members.size >= MAX_RECORDED && !state.members.has(writtenAs(landed)) ? 'too_many' : 'member';
}

function late(work: SetWork, key: string): RunResult {
  const message = `obs://${work.trigger.bucket}/${key} arrived after its set was over; it is not imported`;
  return { job: work.job.name, outcome: 'skipped', reason: { code: 'late_member', message } };
}
