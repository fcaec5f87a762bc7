import type { Clock } from './clock.ts';
import { defaultStage as dcsStage } from './dcs/default-stage.ts';
import { IMPORT_MS } from './dcs/imports.ts';
import { FULL_MS } from './dcs/stats.ts';
import { type DcsTask, isIncremental } from './dcs/task.ts';
import { type DcsTasks, INCREMENTAL_MS } from './dcs/tasks.ts';
import { isForStage, scriptedSteps, scriptOf } from './scripts.ts';
import type { Situation } from './situations.ts';
import { defaultStage as smsStage } from './sms/run-task.ts';
import { COPY_MS, copyMs } from './sms/subtasks.ts';
import type { SmsTask } from './sms/task.ts';
import type { SmsTasks } from './sms/tasks.ts';
import type { Stage } from './stages.ts';

export interface RunningTasksDeps {
  readonly clock: Clock;
  readonly dcsTasks: DcsTasks;
  readonly smsTasks: SmsTasks;
}

interface Running {
  readonly name: string;
  readonly stage: Stage;
  readonly startedAt: number;
  apply(situation: Situation): void;
}

/**
 * Lets a fault happen to the newest tasks that are in its stage now, at its percentage, or at once without one or when they are past it.
 *
 * @throws {RangeError} when no task is in the stage
 */
export function applyToRunning(deps: RunningTasksDeps, situation: Situation): void {
  const { kind, options } = situation;
  const fitting = runningTasks(deps)
    .filter(({ stage, name }) => isForStage(situation, stage, name))
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, Number(options['times'] ?? 1));
  if (fitting.length === 0)
    throw new RangeError(`add the fault task=${kind}: no task is running that it fits; which=next waits for one`);
  for (const task of fitting) task.apply(situation);
}

function runningTasks(deps: RunningTasksDeps): Running[] {
  const dcs = deps.dcsTasks.all().flatMap((task) => runningDcs(deps, task) ?? []);
  return [...dcs, ...deps.smsTasks.all().flatMap((task) => runningSms(deps, task) ?? [])];
}

function runningDcs({ clock, dcsTasks }: RunningTasksDeps, task: DcsTask): Running | undefined {
  const current = stageOf(task);
  if (current === undefined) return undefined;
  const { stage, ms, startedAt } = current;
  return {
    name: task.name,
    stage,
    startedAt,
    apply: (situation) => {
      const passedMs = clock.documentedMs(startedAt);
      const script = { share: Math.min(1, passedMs / ms), ...scriptOf(situation, stage) };
      const steps = scriptedSteps(script, dcsStage(script, ms));
      dcsTasks.reroute(task, steps.map(less(passedMs)), Math.max(script.share, passedMs / ms));
    },
  };
}

function stageOf({ status, slowness = 1, createdAt, phase }: DcsTask) {
  if (status === 'MIGRATING') return { stage: 'import', ms: IMPORT_MS * slowness, startedAt: createdAt } as const;
  if (phase === undefined || phase.endedAt !== undefined) return undefined;
  if (status === 'FULLMIGRATING') return { stage: 'full', ms: FULL_MS * slowness, startedAt: phase.startedAt } as const;
  if (isIncremental(status)) return { stage: 'incremental', ms: INCREMENTAL_MS, startedAt: phase.startedAt } as const;
  return undefined;
}

function runningSms({ clock, smsTasks }: RunningTasksDeps, task: SmsTask): Running | undefined {
  const { runAt, slowness = 1 } = task;
  if (task.status !== 'RUNNING' || runAt === undefined) return undefined;
  return {
    name: task.name,
    stage: 'copy',
    startedAt: runAt,
    apply: (situation) => {
      const passedMs = clock.documentedMs(runAt) / slowness;
      const script = scriptOf(situation, 'copy');
      const atMs = script.share === undefined ? passedMs : copyMs(task.sent, script.share);
      const steps = scriptedSteps({ ...script, afterMs: atMs * slowness }, smsStage(script, COPY_MS, 'SMS.0805'));
      const stuckAtMs = script.outcome === 'stuck' ? Math.max(atMs, passedMs) : undefined;
      smsTasks.run(task, steps.map(less(passedMs * slowness)), stuckAtMs);
    },
  };
}

/** The same step, after so many ms of its wait have passed. */
function less<S extends { readonly afterMs: number }>(ms: number): (step: S, index: number) => S {
  return (step, index) => (index === 0 ? { ...step, afterMs: Math.max(0, step.afterMs - ms) } : step);
}
