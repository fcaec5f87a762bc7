import type { Step } from './step-runner.ts';

/** The stages in which a task can fail. */
export const STAGES = {
  import: 'DCS: a backup import, while it is MIGRATING',
  create_job: 'DCS: an online task, while it is CREATING or waiting to be configured',
  full: 'DCS: an online task, while it is FULLMIGRATING',
  incremental: 'DCS: an online task, while it is kept in sync',
  backup: 'DCS: a backup, while it is running',
  restore: 'DCS: a restoration, while it is running',
  start: 'SMS: a started task, while it is still READY',
  prepare: 'SMS: a task, in its first subtask',
  copy: 'SMS: a task, in the copy subtask',
} as const;

/** The ways in which a stage can fail. */
export const OUTCOMES = {
  fail: 'the failed state of the stage, with a reason',
  stuck: 'the state does not change, and progress stops',
  unknown_state: 'an undocumented state, permanently',
  released: 'RELEASED: the migration machine is gone (DCS tasks only)',
  deleted: 'someone deletes it: it no longer exists',
} as const;

export type Stage = keyof typeof STAGES;
type Outcome = keyof typeof OUTCOMES;

/** A failure for the next task that enters a stage. */
export interface Script {
  readonly stage: Stage;
  readonly outcome: Outcome;
  /** Part of the task's name, or of the remark of a backup or restoration. @default any */
  readonly task?: string;
  /** The call that started the stage, as named in the API reference. @default any */
  readonly operation?: string;
  /** The reason for a failure. */
  readonly message?: string;
  /** The code of an SMS failure, or of a failed backup or restoration. @default a code that fits the stage */
  readonly code?: string;
  /** The final state. @default the usual failed state; an undocumented one for `unknown_state` */
  readonly state?: string;
  /** Documented time after the start of the stage, in ms. @default halfway through it */
  readonly afterMs?: number;
  /** Number of tasks that fail. @default 1 */
  readonly times?: number;
}

/** The task that starts a stage, and the call that started it. */
export interface StageStart {
  readonly operation: string;
  readonly name: string;
}

/** Scripted failures: each waits for the next task that enters its stage. */
export class Scripts {
  #waiting: { readonly script: Script; times: number }[] = [];

  /** @throws {RangeError} when a number is out of range, or the outcome is only for DCS tasks */
  add(script: Script): void {
    const { stage, outcome, times = 1, afterMs = 0 } = script;
    if (!(times >= 1) || !(afterMs >= 0)) {
      throw new RangeError(`script ${outcome} for ${stage}: times must be 1 or more, afterMs 0 or more`);
    }
    if (outcome === 'released' && !['import', 'create_job', 'full', 'incremental'].includes(stage)) {
      throw new RangeError(`script ${outcome} for ${stage}: only DCS migration tasks can be released`);
    }
    this.#waiting.push({ script, times });
  }

  /** Removes all scripts. Tasks with a script that has already started are not affected. */
  clear(): void {
    this.#waiting = [];
  }

  /** The pending scripts, with their remaining counts. */
  waiting(): Script[] {
    return this.#waiting.map(({ script, times }) => ({ ...script, times }));
  }

  /** The script for this task at this stage, if there is one. Counts its use. The script that was added first comes first. */
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

/** The normal duration of a stage, and the names of its failures. */
export interface DefaultStage {
  readonly ms: number;
  readonly failed: string;
  readonly unknown: string;
  readonly deleted: string;
  /** The reason if the script has none. */
  readonly failure: string;
  readonly failureParams?: readonly string[];
}

/** The steps of a scripted stage. None if it is stuck. */
export function scriptedSteps(script: Script, defaults: DefaultStage): Step[] {
  const { outcome, state, afterMs = defaults.ms / 2 } = script;
  switch (outcome) {
    case 'stuck':
      return [];
    case 'fail': {
      const { failure, failureParams } = defaults;
      return [
        {
          afterMs,
          status: state ?? defaults.failed,
          failure,
          ...(failureParams === undefined ? {} : { failureParams }),
        },
      ];
    }
    case 'unknown_state':
      return [{ afterMs, status: state ?? defaults.unknown }];
    case 'released':
      return [{ afterMs, status: state ?? 'RELEASED' }];
    case 'deleted':
      return [{ afterMs, status: defaults.deleted }];
  }
}
