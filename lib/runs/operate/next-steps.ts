import type { Pause } from '../ledger/pauses.ts';
import type { RunView } from '../report/run-view.ts';

/** Something an operator can do: a command line and its purpose. */
export interface NextStep {
  readonly command: string;
  readonly what: string;
  /** What the command changes; absent if it only shows something, and for `forget`. */
  readonly change?: StepChange;
}

interface StepChange {
  readonly kind: RunChangeKind | 'resume';
  /** Of a `resume`: the paused job, or absent for all jobs. Others change the run itself. */
  readonly job?: string;
}

/** What an operator can change about a run. */
export const RUN_CHANGES = [
  'cancel',
  'park',
  'run_now',
  'replay',
  'replay_even_succeeded',
  'task',
  'try_again',
  'give_up',
] as const;
type RunChangeKind = (typeof RUN_CHANGES)[number];

/**
 * What an operator can do about a run in its state. Commands that change something ask for confirmation.
 *
 * @param flags the options that select the system, as given
 * @param pauses the pauses that hold its job back now
 */
export function nextSteps(
  { job, run, state, reason, replayed_as: replays }: RunView,
  flags: string,
  pauses: readonly Pause[] = [],
): NextStep[] {
  const step = (words: string, what: string, kind?: RunChangeKind): NextStep => ({
    command: `npx migrations ${words}${flags}`,
    what,
    ...(kind ? { change: { kind } } : {}),
  });
  const runs = (command: string, what: string, more = '', kind?: RunChangeKind) =>
    step(`runs ${command} ${job} ${run}${more}`, what, kind);
  const watch = runs('watch', 'watch its progress');
  const cancel = (what: string) => runs('cancel', what, '', 'cancel');
  const forget = runs('forget', 'stop following it, and leave its task as it is', ' --why "..."');
  const park = runs('park', 'hold it back until an operator decides', ' --why "..."', 'park');
  const task = runs('resolve', 'specify which task belongs to it', ' task <task id>', 'task');
  const tryAgain = runs('resolve', 'confirm that there is no task, and create it', ' try-again', 'try_again');
  const giveUp = runs('resolve', 'confirm that there is no task, and create none', ' give-up --why "..."', 'give_up');
  const runNow = runs('run-now', "start it beyond its job's limit", ' --why "..."', 'run_now');
  const beyondLimit = reason?.code === 'over_budget' ? [runNow] : [];
  const latest = replays?.at(-1);
  switch (state) {
    case 'received':
    case 'waiting':
      return [
        ...resumeSteps(reason, pauses, flags),
        ...beyondLimit,
        watch,
        park,
        cancel('end it; no task is created'),
        forget,
      ];
    case 'unknown':
      return [watch, task, park, forget];
    case 'parked':
      return [task, tryAgain, giveUp, forget];
    case 'created':
    case 'running':
    case 'stuck':
      return [watch, cancel('stop its task, which ends the run'), forget];
    default: {
      const isWell = state === 'succeeded' || state === 'forgotten';
      const again = runs(
        'replay',
        'make another attempt with the current jobs file',
        isWell ? ' --even-succeeded' : '',
        isWell ? 'replay_even_succeeded' : 'replay',
      );
      if (latest === undefined) return [again];
      return [step(`runs show ${job} ${latest}`, 'show the latest replay of this run'), again];
    }
  }
}

function resumeSteps(reason: RunView['reason'], pauses: readonly Pause[], flags: string): NextStep[] {
  if (reason?.code !== 'paused') return [];
  return pauses.map((pause) => ({
    command: `${resumeCommand(pause)}${flags}`,
    what: pause.job === undefined ? 'allow creating again, for all jobs' : 'allow creating again, for this job',
    change: { kind: 'resume', ...(pause.job === undefined ? {} : { job: pause.job }) },
  }));
}

/** The command that ends this pause. */
export function resumeCommand({ job }: Pick<Pause, 'job'>): string {
  return `npx migrations resume${job === undefined ? '' : ` ${job}`}`;
}
