import type { Clock } from './clock.ts';
import type { BehaviorOf } from './open-questions/open-questions.ts';

/** How a list of tasks differs from the tasks that exist. */
export interface ListBehavior {
  readonly lag: BehaviorOf<'dcs-list-lag'>;
  readonly order: BehaviorOf<'dcs-list-order'>;
  readonly gaps: BehaviorOf<'dcs-list-gaps'>;
}

const LAG_MS = { none: 0, 'within-settle': 45_000, 'beyond-settle': 15 * 60_000 } as const;
/** A task is hidden soon after its creation, and again in each period. */
const GAP_PERIOD_MS = 10 * 60_000;
const GAP_BEGINS_MS = 5_000;
const GAP_ENDS_MS = 50_000;
const KEPT_MS = 10 * 60_000;

interface Listed {
  readonly createdAt: number;
}

/** Shows tasks as a list with this behavior does. */
export class TaskList {
  readonly #clock: Clock;
  #reversed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param tasks oldest first
   * @param endedAt when a task ended; undefined while it is working
   */
  shown<T extends Listed>(
    tasks: readonly T[],
    { lag, order, gaps }: ListBehavior,
    endedAt: (task: T) => number | undefined,
  ): T[] {
    const now = this.#clock.now();
    const shown = tasks.filter(
      (task) => task.createdAt + LAG_MS[lag] <= now && !isHidden(gaps, now - task.createdAt, now, endedAt(task)),
    );
    if (order === 'changing') this.#reversed = !this.#reversed;
    const oldestFirst = order === 'oldest-first' || (order === 'changing' && this.#reversed);
    return oldestFirst ? shown : shown.reverse();
  }
}

function isHidden(gaps: ListBehavior['gaps'], ageMs: number, now: number, endedAt: number | undefined): boolean {
  if (gaps === 'after-end') return endedAt !== undefined && now - endedAt >= KEPT_MS;
  const phase = ageMs % GAP_PERIOD_MS;
  return gaps === 'short' && phase >= GAP_BEGINS_MS && phase < GAP_ENDS_MS;
}

/** The rows of a page. */
export function pageOf<T>(
  rows: readonly T[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
  size: BehaviorOf<'dcs-page-size'>,
): T[] {
  return rows.slice(offset, offset + (size === 'short' ? Math.min(limit, 3) : limit));
}
