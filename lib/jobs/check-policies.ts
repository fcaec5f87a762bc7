import { TOPIC_URN } from '../kernel/topic-urn.ts';
import type { ActionKind } from '../migrations/action.ts';
import { ACTION_KINDS, ACTIONS } from '../migrations/actions.ts';
import {
  DEFAULT_TASK_POLICIES,
  NOTIFY_EVENTS,
  type Notify,
  type NotifyEvent,
  ON_FAILURES,
  PREFLIGHTS,
  type StopWhen,
} from '../migrations/task-policies.ts';
import type { Path } from '../schema/check-fields.ts';
import { describeValue } from '../schema/describe-value.ts';
import { checkKeys, checkRecord, checkText, checkWhole, type Findings, own, refuse } from '../schema/findings.ts';
import { didYouMean } from '../schema/near-name.ts';
import { checkDuration } from './check-duration.ts';
import { needsLedger } from './check-ledger.ts';
import { type Job, type JobTriggers, OVERLAPS, type Sweep } from './job.ts';

/** Keys of a job that say how its runs go together, and how they are followed. */
export const POLICY_KEYS = [
  'overlap',
  'limit',
  'deadline',
  'preflight',
  'sweep',
  'notify',
  'on_failure',
  'stop_when',
  'dry_run',
] as const;
/** Those of them that need to know of earlier runs or to come back to a run, and so a ledger. */
const NEEDING_LEDGER = ['overlap', 'limit', 'deadline', 'sweep', 'notify', 'stop_when'] as const;
const DEFAULT_SWEEP: Sweep = { everyMs: 3600 * 1000, lookBackMs: 24 * 3600 * 1000 };
/** Of `stop_when.offset`, whose unit is not documented. */
export const STOP_OFFSET = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
/** Of `limit.runs`. */
export const LIMIT_RUNS = { min: 1, max: 100_000 } as const;
const DEFAULT_LIMIT: Job['limit'] = { runs: 20, perMs: 3600 * 1000 };

function checkLimit(value: unknown, path: Path, found: Findings): Job['limit'] {
  if (value === undefined) return DEFAULT_LIMIT;
  const limit = checkRecord(value, path, 'an object with runs and per', found);
  if (!limit) return DEFAULT_LIMIT;
  checkKeys(limit, path, ['runs', 'per'], found);
  const runs = checkWhole(own(limit, 'runs'), [...path, 'runs'], LIMIT_RUNS, found);
  const perMs = checkDuration(own(limit, 'per'), [...path, 'per'], found);
  return runs === undefined || perMs === undefined ? DEFAULT_LIMIT : { runs, perMs };
}

function checkOneOf<T extends string>(value: unknown, path: Path, known: readonly [T, ...T[]], found: Findings): T {
  const one = known.find((name) => name === value);
  if (one === undefined && value !== undefined) {
    refuse(found, path, `must be ${known.join(', ')}, received ${describeValue(value)}${meantOf(value, known)}`);
  }
  return one ?? known[0];
}

const meantOf = (value: unknown, known: readonly string[]) =>
  typeof value === 'string' ? didYouMean(value, known) : '';

function checkDryRun(value: unknown, path: Path, found: Findings): boolean {
  if (value !== undefined && typeof value !== 'boolean') {
    refuse(found, path, `must be true or false, received ${describeValue(value)}`);
  }
  return value === true;
}

function checkSweep(value: unknown, path: Path, on: JobTriggers, found: Findings): Sweep | undefined {
  if (value === undefined) return undefined;
  const sweep = checkRecord(value, path, 'an object with every and look_back', found);
  if (!sweep) return undefined;
  checkKeys(sweep, path, ['every', 'look_back'], found);
  if (!on.object_created) refuse(found, path, 'has nothing to look through: the job has no object_created trigger');
  const msOf = (key: string, otherwise: number) => {
    const given = own(sweep, key);
    return given === undefined ? otherwise : checkDuration(given, [...path, key], found);
  };
  const [everyMs, lookBackMs] = [msOf('every', DEFAULT_SWEEP.everyMs), msOf('look_back', DEFAULT_SWEEP.lookBackMs)];
  if (everyMs === undefined || lookBackMs === undefined) return undefined;
  if (lookBackMs < everyMs)
    refuse(found, [...path, 'look_back'], 'must be at least every, or objects between two sweeps are missed');
  return { everyMs, lookBackMs };
}

function checkNotify(value: unknown, path: Path, found: Findings): Notify | undefined {
  if (value === undefined) return undefined;
  const notify = checkRecord(value, path, 'an object with smn and on', found);
  if (!notify) return undefined;
  checkKeys(notify, path, ['smn', 'on'], found);
  const smn = checkText(own(notify, 'smn'), [...path, 'smn'], found);
  if (smn !== undefined && !TOPIC_URN.test(smn)) {
    const rule = 'must be the URN of an SMN topic, urn:smn:<region>:<project id>:<name>';
    refuse(found, [...path, 'smn'], `${rule}, received ${describeValue(smn)}`);
  }
  const given = own(notify, 'on');
  const at = [...path, 'on'];
  if (given === undefined) return { smn: smn ?? '', on: NOTIFY_EVENTS };
  if (!Array.isArray(given) || given.length === 0) {
    refuse(found, at, `must be a list of ${NOTIFY_EVENTS.join(', ')}, received ${describeNames(given)}`);
    return undefined;
  }
  const on: NotifyEvent[] = [];
  for (const [i, item] of given.entries()) {
    const event = NOTIFY_EVENTS.find((known) => known === item);
    if (event === undefined) {
      refuse(
        found,
        [...at, i],
        `must be one of ${NOTIFY_EVENTS.join(', ')}, received ${describeValue(item)}${meantOf(item, NOTIFY_EVENTS)}`,
      );
    } else if (on.includes(event)) refuse(found, [...at, i], `names ${event} twice`);
    else on.push(event);
  }
  return { smn: smn ?? '', on };
}

function describeNames(value: unknown): string {
  return Array.isArray(value) ? 'an empty list' : describeValue(value);
}

function checkStopWhen(value: unknown, path: Path, isIncremental: boolean, found: Findings): StopWhen | undefined {
  if (value === undefined) return undefined;
  const stop = checkRecord(value, path, 'an object with offset and for', found);
  if (!stop) return undefined;
  checkKeys(stop, path, ['offset', 'for'], found);
  const offset = checkWhole(own(stop, 'offset'), [...path, 'offset'], STOP_OFFSET, found);
  const forMs = checkDuration(own(stop, 'for'), [...path, 'for'], found);
  if (!isIncremental) {
    const needs = 'needs online_migration.configure with migration_method: incremental_migration';
    refuse(found, path, `${needs}: other tasks end by themselves`);
  }
  return offset === undefined || forMs === undefined ? undefined : { offset, forMs };
}

const holdsMachine = (kind: ActionKind) => ACTIONS[kind].release !== undefined;

/** What a job's policies depend on elsewhere in it. */
export interface PolicyParts {
  readonly hasLedger: boolean;
  readonly on: JobTriggers;
  /** Its actions; one, unless there are problems. */
  readonly kinds: readonly ActionKind[];
  /** Is its task configured as incremental, as far as can be known before it is filled in? */
  readonly isIncremental: boolean;
}

/** The policies of a job, each with its default when it is absent or has a problem. */
export function checkPolicies(
  job: Record<string, unknown>,
  path: Path,
  { hasLedger, on, kinds, isIncremental }: PolicyParts,
  found: Findings,
): Pick<Job, 'overlap' | 'limit' | 'sweep' | 'policies'> {
  for (const key of NEEDING_LEDGER) {
    if (!hasLedger && Object.hasOwn(job, key)) needsLedger([...path, key], found);
  }
  const at = (key: string): Path => [...path, key];
  const deadline = own(job, 'deadline');
  const onFailure = checkOneOf(own(job, 'on_failure'), at('on_failure'), ON_FAILURES, found);
  if (onFailure === 'release' && !kinds.some(holdsMachine)) {
    const only = ACTION_KINDS.filter(holdsMachine).join(' and ');
    refuse(found, at('on_failure'), `release is for ${only} only: other tasks hold no migration machine`);
  } else if (onFailure === 'release' && !hasLedger) {
    found.warnings.push({
      path: at('on_failure'),
      message: 'has no effect without a ledger: nothing comes back to the task',
    });
  }
  const sweep = checkSweep(own(job, 'sweep'), at('sweep'), on, found);
  const notify = checkNotify(own(job, 'notify'), at('notify'), found);
  const stopWhen = checkStopWhen(own(job, 'stop_when'), at('stop_when'), isIncremental, found);
  const { deadlineMs } = DEFAULT_TASK_POLICIES;
  return {
    overlap: checkOneOf(own(job, 'overlap'), at('overlap'), OVERLAPS, found),
    limit: checkLimit(own(job, 'limit'), at('limit'), found),
    ...(sweep ? { sweep } : {}),
    policies: {
      deadlineMs: deadline === undefined ? deadlineMs : (checkDuration(deadline, at('deadline'), found) ?? deadlineMs),
      preflight: checkOneOf(own(job, 'preflight'), at('preflight'), PREFLIGHTS, found),
      dryRun: checkDryRun(own(job, 'dry_run'), at('dry_run'), found),
      onFailure,
      ...(stopWhen ? { stopWhen } : {}),
      ...(notify ? { notify } : {}),
    },
  };
}
