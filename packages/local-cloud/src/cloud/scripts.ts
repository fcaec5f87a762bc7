import { type Situation, Situations, shareOf } from './situations.ts';
import { RELEASABLE, type Stage } from './stages.ts';
import type { Step } from './step-runner.ts';

/** The ways in which a stage can fail. */
export const OUTCOMES = {
  fail: 'the failed state of the stage, with a reason',
  stuck: 'the state does not change, and progress stops',
  unknown_state: 'an undocumented state, permanently',
  released: 'RELEASED: the migration machine is gone (DCS tasks only)',
  deleted: 'someone deletes it: it no longer exists',
} as const;

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
  /** Documented time after the start of the stage, in ms. @default `share` of it */
  readonly afterMs?: number;
  /** The part of the stage that is over by then, from 0 to 1; for `stuck`, where progress stops. @default 0.5 */
  readonly share?: number;
  /** Number of tasks that fail. @default 1 */
  readonly times?: number;
}

/** The task that starts a stage, and the call that started it. */
export interface StageStart {
  readonly operation: string;
  readonly name: string;
}

/** The stages of a fault that names none: one of each kind of task. */
const MAIN_STAGES: ReadonlySet<Stage> = new Set(['import', 'full', 'backup', 'restore', 'copy']);

const OUTCOME_OF: Readonly<Record<string, Outcome>> = {
  fail: 'fail',
  hang: 'stuck',
  deleted: 'deleted',
  released: 'released',
  unknown_state: 'unknown_state',
};

/** Whether a situation is for tasks in a stage. */
export function isForStage({ options }: Situation, stage: Stage, name: string): boolean {
  const { stage: wanted, name: part } = options;
  const isStage = wanted === undefined ? MAIN_STAGES.has(stage) : wanted === stage;
  return isStage && (part === undefined || name.includes(String(part)));
}

/** The failure that a situation of a task means. */
export function scriptOf(situation: Situation, stage: Stage): Script {
  const { kind, options } = situation;
  const text = (name: 'message' | 'code') => (options[name] === undefined ? {} : { [name]: String(options[name]) });
  const share = shareOf(situation);
  return {
    stage,
    outcome: OUTCOME_OF[kind] ?? 'fail',
    ...(share === undefined ? {} : { share }),
    ...text('message'),
    ...text('code'),
  };
}

/** Scripted failures: each waits for the next task that enters its stage. */
export class Scripts {
  readonly #situations: Situations;
  #waiting: { readonly script: Script; times: number }[] = [];

  /** @param situations those of tasks are scripts, too */
  constructor(situations = new Situations()) {
    this.#situations = situations;
  }

  /** @throws {RangeError} when a number is out of range, or the outcome is only for DCS tasks */
  add(script: Script): void {
    const { stage, outcome, times = 1, afterMs = 0 } = script;
    if (!(times >= 1) || !(afterMs >= 0)) {
      throw new RangeError(`script ${outcome} for ${stage}: times must be 1 or more, afterMs 0 or more`);
    }
    if (outcome === 'released' && !RELEASABLE.has(stage)) {
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
    if (found === undefined) {
      const situation = this.#situations.take(
        'task',
        (one) =>
          one.kind !== 'slow' && isForStage(one, stage, name) && (one.kind !== 'released' || RELEASABLE.has(stage)),
      );
      return situation && scriptOf(situation, stage);
    }
    found.times -= 1;
    if (found.times <= 0) this.#waiting = this.#waiting.filter((entry) => entry !== found);
    return found.script;
  }
}

/** How many times as long as usual a task takes in this stage: usually 1. Counts the fault that says so. */
export function slownessOf(situations: Situations, stage: Stage, name: string): number {
  const slow = situations.take('task', (one) => one.kind === 'slow' && isForStage(one, stage, name));
  return slow === undefined ? 1 : Number(slow.options['by'] ?? 10);
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
  const { outcome, state, share = 0.5, afterMs = defaults.ms * share } = script;
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
