import type { Step } from './walker.ts';

/** The stages that can go wrong. */
export const STAGES = {
  import: 'DCS: a backup import, while it is MIGRATING',
  create_job: 'DCS: an online task, while it is CREATING, or waits to be configured',
  full: 'DCS: an online task, while it is FULLMIGRATING',
  incremental: 'DCS: an online task, while it is kept in sync',
  backup: 'DCS: a backup, while it is taken',
  start: 'SMS: a task that was started, while it is READY still',
  prepare: 'SMS: a task, in its first subtask',
  copy: 'SMS: a task, in the subtask that copies',
} as const;

/** How a stage ends, other than well. */
export const OUTCOMES = {
  fail: 'the failed state of the stage, with the reason',
  stuck: 'it stays as it is, and progress stands',
  unknown_state: 'a state that no page names, for good',
  released: 'RELEASED: the migration machine is gone. DCS tasks only',
  deleted: 'somebody deletes it: it is no longer known',
} as const;

export type Stage = keyof typeof STAGES;
type Outcome = keyof typeof OUTCOMES;

/** What is to go wrong with the next task that comes to a stage. */
export interface Script {
  readonly stage: Stage;
  readonly outcome: Outcome;
  /** Part of the task's name, of a backup's remark. @default any */
  readonly task?: string;
  /** The call that began the stage, as the API reference names it. @default any */
  readonly operation?: string;
  /** The reason of a failure. */
  readonly message?: string;
  /** The code of an SMS failure or of a failed backup. @default one that fits the stage */
  readonly code?: string;
  /** The state that it ends in. @default the usual one of a failure; one that no page has for `unknown_state` */
  readonly state?: string;
  /** Ms of documented time after the stage began. @default in the middle of it */
  readonly afterMs?: number;
  /** How many tasks it spoils. @default 1 */
  readonly times?: number;
}

/** Begins a stage: who, and by which call. */
export interface StageStart {
  readonly operation: string;
  readonly name: string;
}

/** Failures on demand: each waits for the next task that comes to its stage. */
export class Scripts {
  #waiting: { readonly script: Script; times: number }[] = [];

  /** @throws {RangeError} when a number makes no sense, or only DCS tasks can end so */
  add(script: Script): void {
    const { stage, outcome, times = 1, afterMs = 0 } = script;
    if (!(times >= 1) || !(afterMs >= 0)) {
      throw new RangeError(`script ${outcome} for ${stage}: times is 1 or more, afterMs 0 or more`);
    }
    if (outcome === 'released' && !['import', 'create_job', 'full', 'incremental'].includes(stage)) {
      throw new RangeError(`script ${outcome} for ${stage}: only migration tasks of DCS are released`);
    }
    this.#waiting.push({ script, times });
  }

  /** From now on all goes well. What a script has begun goes on. */
  clear(): void {
    this.#waiting = [];
  }

  /** The scripts that have not been played yet, with what is left of them. */
  waiting(): Script[] {
    return this.#waiting.map(({ script, times }) => ({ ...script, times }));
  }

  /** The script for this task at this stage, if there is one; it is counted. Of several the one that was added first comes first. */
  take(stage: Stage, { operation, name }: StageStart): Script | undefined {
    const found = this.#waiting.find(
      ({ script }) =>
        script.stage === stage &&
        (script.operation === undefined || script.operation === operation) &&
        (script.task === undefined || name.includes(script.task)),
    );
    if (found === undefined) return undefined;
    found.times -= 1;
    if (found.times <= 0) this.#waiting = this.#waiting.filter((entry) => entry !== found);
    return found.script;
  }
}

/** How the stage that is played goes when nothing goes wrong, and what its bad ends are called. */
export interface UsualStage {
  readonly ms: number;
  readonly failed: string;
  readonly unknown: string;
  readonly deleted: string;
  /** The reason when the script has none. */
  readonly failure: string;
  readonly failureParams?: readonly string[];
}

/** The steps of a stage that goes as the script says. None when it is to be stuck. */
export function scriptedSteps(script: Script, usual: UsualStage): Step[] {
  const { outcome, state, afterMs = usual.ms / 2 } = script;
  switch (outcome) {
    case 'stuck':
      return [];
    case 'fail': {
      const { failure, failureParams } = usual;
      return [
        { afterMs, status: state ?? usual.failed, failure, ...(failureParams === undefined ? {} : { failureParams }) },
      ];
    }
    case 'unknown_state':
      return [{ afterMs, status: state ?? usual.unknown }];
    case 'released':
      return [{ afterMs, status: state ?? 'RELEASED' }];
    case 'deleted':
      return [{ afterMs, status: usual.deleted }];
  }
}
