import type { Clock } from './clock.ts';

/** The next state of a task, `afterMs` after the previous step. */
export interface Step {
  readonly afterMs: number;
  readonly status: string;
  /** The reason, for a step into a failed state. */
  readonly failure?: string;
  /** Parameters of a reason that is a code. */
  readonly failureParams?: readonly string[];
}

/** A task whose state changes over time. */
export interface SteppedTask {
  readonly id: string;
  status: string;
  steps: Step[];
}

/** Moves tasks through their steps on the clock. */
export class StepRunner<T extends SteppedTask> {
  readonly #clock: Clock;
  readonly #onStep: (task: T, step: Step) => void;
  readonly #waiting = new Map<string, () => void>();

  /** @param onStep called after the task's status has changed */
  constructor(clock: Clock, onStep: (task: T, step: Step) => void) {
    this.#clock = clock;
    this.#onStep = onStep;
  }

  /** Replaces the remaining steps of a task and schedules the first. */
  run(task: T, steps: readonly Step[]): void {
    task.steps = [...steps];
    this.resume(task);
  }

  /** Schedules the next of the task's own steps, for example after a restart. */
  resume(task: T): void {
    this.#waiting.get(task.id)?.();
    this.#waiting.delete(task.id);
    const [step] = task.steps;
    if (step === undefined) return;
    const cancel = this.#clock.after(step.afterMs, () => {
      this.#waiting.delete(task.id);
      task.steps = task.steps.slice(1);
      task.status = step.status;
      this.#onStep(task, step);
      this.resume(task);
    });
    this.#waiting.set(task.id, cancel);
  }
}
