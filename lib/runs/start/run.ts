import type { PlannedTask } from '../../migrations/action.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { RunLog } from '../ledger/run-log.ts';
import { type ReceivedRecord, RUN_VERSION } from '../ledger/run-record.ts';
import type { RunState } from '../ledger/run-state.ts';

/** A run as seen by a decision. */
export interface Run {
  readonly state: RunState;
  readonly received: ReceivedRecord;
  /** Including what was found out before the create call, once that is recorded. */
  readonly planned: PlannedTask;
  /** The number of its records and of its claims. */
  readonly records: number;
  readonly claims: number;
}

/**
 * The run in a log.
 *
 * @throws {LedgerError} when its first record is missing, has no plan, or is of another version: a retry does not help
 */
export function runOf({ name, records, state }: Pick<RunLog, 'name' | 'records' | 'state'>): Run {
  const { received, prepared } = state;
  const fail = (what: string) => new LedgerError(`ledger ${name}: ${what}`, { temporary: false });
  if (!received) throw fail('the first record is missing');
  if (received.v !== RUN_VERSION) {
    throw fail(`format ${received.v}, but this version supports only ${RUN_VERSION}; deploy the version that wrote it`);
  }
  if (!received.planned && !state.end) throw fail('the first record has no plan');
  const claims = records.filter(({ type }) => type === 'claimed').length;
  return { state, received, planned: plannedOf(received.planned, prepared), records: records.length, claims };
}

/** A run that ended before it had a plan has none, and nobody uses it. */
function plannedOf(planned: PlannedTask | undefined, prepared: RunState['prepared']): PlannedTask {
  if (!planned || !prepared) return planned as PlannedTask;
  const { derive: _derive, latestBackup: _latest, ...rest } = planned;
  return { ...rest, ...prepared };
}
