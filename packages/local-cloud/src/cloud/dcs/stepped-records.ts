import type { Clock } from '../clock.ts';
import { type Step, type SteppedTask, StepRunner } from '../step-runner.ts';

/** Records of one kind, by ID, each of which moves through its steps on the clock. */
export class SteppedRecords<T extends SteppedTask> {
  readonly #onChange: () => void;
  readonly #stepRunner: StepRunner<T>;
  readonly #byId = new Map<string, T>();

  /**
   * @param onStep called after a record's status has changed
   * @param onChange called after every change, to save it
   */
  constructor(clock: Clock, onStep: (record: T, step: Step) => void, onChange: () => void) {
    this.#onChange = onChange;
    this.#stepRunner = new StepRunner(clock, (record, step) => {
      onStep(record, step);
      onChange();
    });
  }

  /** All records, oldest first. */
  all(): T[] {
    return [...this.#byId.values()];
  }

  find(id: string): T | undefined {
    return this.#byId.get(id);
  }

  /** Adds a record, or replaces the one with its ID. */
  add(record: T, steps: readonly Step[]): T {
    this.#byId.set(record.id, record);
    this.#stepRunner.run(record, steps);
    this.#onChange();
    return record;
  }

  /** Restores stored records and resumes their steps. */
  restore(records: readonly T[]): void {
    for (const record of records) {
      this.#byId.set(record.id, record);
      this.#stepRunner.resume(record);
    }
  }

  delete(record: T): void {
    this.#stepRunner.run(record, []);
    this.#byId.delete(record.id);
    this.#onChange();
  }
}
