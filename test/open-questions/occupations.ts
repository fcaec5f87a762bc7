import type { LocalTask } from '../../packages/local-cloud/src/cloud/local-task.ts';

/** States of tasks that do not work on their target (any more). */
const IDLE = new Set(['CREATING', 'RUNNING', 'READY', 'SUCCESS', 'FAILED', 'TERMINATED', 'RELEASED', 'ERROR']);
const SMS_IDLE = new Set(['READY', 'MIGRATE_SUCCESS', 'MIGRATE_FAIL', 'ABORT']);

/** A task that works on a target, from its first working state to its last. Virtual ms. */
export interface Occupation {
  readonly target: string;
  readonly id: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Which task worked on which target when. */
export class Occupations {
  readonly #now: () => number;
  readonly #ended: Occupation[] = [];
  readonly #begun = new Map<string, Omit<Occupation, 'to'>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Called after each change. */
  update(tasks: readonly LocalTask[]): void {
    const working = new Map(tasks.filter(isWorking).map((task) => [task.id, task]));
    for (const [id, begun] of this.#begun) {
      if (working.has(id)) continue;
      this.#begun.delete(id);
      this.#ended.push({ ...begun, to: this.#now() });
    }
    for (const { id, name, targetInstanceId, sourceServerId } of working.values()) {
      const target = targetInstanceId ?? sourceServerId;
      if (target !== undefined && !this.#begun.has(id)) this.#begun.set(id, { target, id, name, from: this.#now() });
    }
  }

  all(): readonly Occupation[] {
    return [...this.#ended, ...[...this.#begun.values()].map((begun) => ({ ...begun, to: Number.POSITIVE_INFINITY }))];
  }
}

function isWorking({ service, status }: LocalTask): boolean {
  return !(service === 'SMS' ? SMS_IDLE : IDLE).has(status);
}
