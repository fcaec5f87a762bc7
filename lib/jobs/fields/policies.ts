import type { ActionKind } from '../../migrations/action.ts';
import { ACTION_KINDS, ACTIONS } from '../../migrations/actions.ts';
import { TASK_POLICIES } from '../../migrations/task-policies.ts';
import type { FieldTable, ValuesOf } from '../../schema/fields.ts';
import { addProblem, type Findings, type Path } from '../../schema/findings.ts';
import type { JobTriggers } from '../job.ts';

const LIMIT = { runs: 20, per: '1h' } as const;

/** Keys of a job that control how its runs interact. */
export const RUN_POLICIES = {
  overlap: {
    type: 'enum',
    values: ['queue', 'latest', 'reject'],
    default: 'queue',
    needsLedger: true,
    sample: 'latest',
    doc: 'While another run has the target: {absent} (default) waits; latest waits and replaces the runs of this job that already wait for it (but never those of requests); reject refuses.',
  },
  limit: {
    type: 'object',
    expected: 'an object with runs and per',
    default: LIMIT,
    absent: `${LIMIT.runs} per ${LIMIT.per}`,
    needsLedger: true,
    // Windows begin at multiples of their length.
    doc: 'Maximum number of runs that start in a period. Default: {absent}.',
    fields: {
      runs: { type: 'integer', required: true, min: 1, max: 100_000, sample: 5, doc: 'Number of runs.' },
      per: { type: 'duration', property: 'perMs', required: true, sample: '1h', doc: 'Length of the period.' },
    },
  },
  sweep: {
    type: 'object',
    expected: 'an object with every and look_back',
    needsLedger: true,
    doc: 'Search the bucket of object_created for objects whose notification never arrived.',
    fields: {
      every: {
        type: 'duration',
        property: 'everyMs',
        default: '1h',
        sample: '1h',
        doc: 'Interval. Default: {absent}.',
      },
      look_back: {
        type: 'duration',
        property: 'lookBackMs',
        default: '24h',
        sample: '24h',
        doc: 'How far back to search; at least every. Default: {absent}.',
      },
    },
  },
} as const satisfies FieldTable;

/** All policies of a job: how its runs interact, and how they are followed. */
export const POLICIES = { ...RUN_POLICIES, ...TASK_POLICIES };

/** The parts of a job that its policies depend on. */
interface PolicyParts {
  readonly hasLedger: boolean;
  readonly on: JobTriggers;
  /** Its actions; exactly one, unless there are problems. */
  readonly kinds: readonly ActionKind[];
  /** May its task be incremental, as far as is known before placeholders are filled? */
  readonly isIncremental: boolean;
}

const holdsMachine = (kind: ActionKind) => ACTIONS[kind].release !== undefined;

/** Checks the rules between the policies of a job and its other keys. A policy that has a problem is `undefined` here. */
export function checkPolicyRules(
  { onFailure, sweep, stopWhen }: ValuesOf<typeof POLICIES>,
  path: Path,
  { hasLedger, on, kinds, isIncremental }: PolicyParts,
  found: Findings,
): void {
  if (onFailure === 'release' && !kinds.some(holdsMachine)) {
    const only = ACTION_KINDS.filter(holdsMachine).join(' and ');
    const message = `release is only for ${only}: other tasks have no migration machine`;
    addProblem(found, [...path, 'on_failure'], message);
  } else if (onFailure === 'release' && !hasLedger) {
    const message = 'has no effect without a ledger: the task is not followed';
    found.warnings.push({ path: [...path, 'on_failure'], message });
  }
  if (sweep && !on.object_created) {
    addProblem(found, [...path, 'sweep'], 'has nothing to search: the job has no object_created trigger');
  }
  if (sweep && sweep.lookBackMs < sweep.everyMs) {
    const message = 'must be at least as long as every; otherwise objects between two sweeps are missed';
    addProblem(found, [...path, 'sweep', 'look_back'], message);
  }
  if (stopWhen && !isIncremental) {
    const needs = 'needs online_migration.configure with migration_method: incremental_migration';
    addProblem(found, [...path, 'stop_when'], `${needs}: other tasks end by themselves`);
  }
}
