import type { ActionKind } from '../../migrations/action.ts';
import { ACTION_KINDS, ACTIONS } from '../../migrations/actions.ts';
import { TASK_POLICIES } from '../../migrations/task-policies.ts';
import type { FieldTable, ValuesOf } from '../../schema/fields.ts';
import { addProblem, type Findings, type Path } from '../../schema/findings.ts';
import type { JobTriggers } from '../job.ts';

const LIMIT = { runs: 20, per: '1h' } as const;

/** Keys of a job that say how its runs go together. */
export const RUN_POLICIES = {
  overlap: {
    type: 'enum',
    values: ['queue', 'latest', 'reject'],
    default: 'queue',
    needsLedger: true,
    sample: 'latest',
    doc: 'While another run has the target: {absent} (default) waits, latest waits in place of the runs of this job that wait for it already (never of requests), reject refuses.',
  },
  limit: {
    type: 'object',
    expected: 'an object with runs and per',
    default: LIMIT,
    absent: `${LIMIT.runs} per ${LIMIT.per}`,
    needsLedger: true,
    // Windows of this length begin at whole multiples of it.
    doc: 'At most so many runs in such a time; {absent} if absent.',
    fields: {
      runs: { type: 'integer', required: true, min: 1, max: 100_000, sample: 5, doc: 'So many runs.' },
      per: { type: 'duration', property: 'perMs', required: true, sample: '1h', doc: 'In such a time.' },
    },
  },
  sweep: {
    type: 'object',
    expected: 'an object with every and look_back',
    needsLedger: true,
    doc: 'Look through the bucket of object_created for objects whose notification never came.',
    fields: {
      every: { type: 'duration', property: 'everyMs', default: '1h', sample: '1h', doc: '{absent} if absent.' },
      look_back: {
        type: 'duration',
        property: 'lookBackMs',
        default: '24h',
        sample: '24h',
        doc: '{absent} if absent; at least every.',
      },
    },
  },
} as const satisfies FieldTable;

/** All policies of a job: how its runs go together, and how they are followed. */
export const POLICIES = { ...RUN_POLICIES, ...TASK_POLICIES };

/** What policies depend on elsewhere in their job. */
interface PolicyParts {
  readonly hasLedger: boolean;
  readonly on: JobTriggers;
  /** Its actions; one, unless there are problems. */
  readonly kinds: readonly ActionKind[];
  /** Is its task configured as incremental, as far as can be known before it is filled in? */
  readonly isIncremental: boolean;
}

const holdsMachine = (kind: ActionKind) => ACTIONS[kind].release !== undefined;

/** The rules between the policies of a job and its other keys. A policy that has a problem itself is `undefined` here. */
export function checkPolicyRules(
  { onFailure, sweep, stopWhen }: ValuesOf<typeof POLICIES>,
  path: Path,
  { hasLedger, on, kinds, isIncremental }: PolicyParts,
  found: Findings,
): void {
  if (onFailure === 'release' && !kinds.some(holdsMachine)) {
    const only = ACTION_KINDS.filter(holdsMachine).join(' and ');
    const message = `release is for ${only} only: other tasks hold no migration machine`;
    addProblem(found, [...path, 'on_failure'], message);
  } else if (onFailure === 'release' && !hasLedger) {
    const message = 'has no effect without a ledger: nothing comes back to the task';
    found.warnings.push({ path: [...path, 'on_failure'], message });
  }
  if (sweep && !on.object_created) {
    addProblem(found, [...path, 'sweep'], 'has nothing to look through: the job has no object_created trigger');
  }
  if (sweep && sweep.lookBackMs < sweep.everyMs) {
    const message = 'must be at least every, or objects between two sweeps are missed';
    addProblem(found, [...path, 'sweep', 'look_back'], message);
  }
  if (stopWhen && !isIncremental) {
    const needs = 'needs online_migration.configure with migration_method: incremental_migration';
    addProblem(found, [...path, 'stop_when'], `${needs}: other tasks end by themselves`);
  }
}
