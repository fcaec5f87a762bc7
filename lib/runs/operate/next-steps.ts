import type { Pause } from '../ledger/pauses.ts';
import type { RunView } from '../report/run-view.ts';

/** Something that an operator can do: one command line, and what for. */
export interface NextStep {
  readonly command: string;
  readonly what: string;
}

/**
 * What an operator can do about a run in its state. Commands that change something ask first.
 *
 * @param flags what chooses the place, as it was given
 * @param pauses those that hold its job back now
 */
export function nextSteps(
  { job, run, state, reason, replayed_as: replays }: RunView,
  flags: string,
  pauses: readonly Pause[] = [],
): NextStep[] {
  const step = (words: string, what: string): NextStep => ({ command: `npx migrations ${words}${flags}`, what });
  const runs = (command: string, what: string, more = '') => step(`runs ${command} ${job} ${run}${more}`, what);
  const watch = runs('watch', 'see how it goes on');
  const cancel = (what: string) => runs('cancel', what);
  const forget = runs('forget', 'follow it no more, and leave its task as it is', ' --why "..."');
  const park = runs('park', 'hold it back until a person decides', ' --why "..."');
  const task = runs('resolve', 'say which task is its task', ' task <task id>');
  const giveUp = runs('resolve', 'say that there is no task and shall be none', ' give-up --why "..."');
  const latest = replays?.at(-1);
  switch (state) {
    case 'received':
    case 'waiting': {
      const held = reason?.code === 'paused' ? pauses : [];
      const resumes = held.map((one) => ({
        command: `${resumeCommand(one)}${flags}`,
        what: one.job === undefined ? 'allow creating again, for all jobs' : 'allow creating again, for this job',
      }));
      return [...resumes, watch, park, cancel('end it; no task is created'), forget];
    }
    case 'unknown':
      return [watch, task, park, forget];
    case 'parked':
      return [task, runs('resolve', 'there is surely no task: create it', ' try-again'), giveUp, forget];
    case 'created':
    case 'running':
    case 'stuck':
      return [watch, cancel('stop its task, which ends it'), forget];
    default: {
      const isWell = state === 'succeeded' || state === 'forgotten';
      const again = runs(
        'replay',
        'make another attempt, from the present jobs file',
        isWell ? ' --even-succeeded' : '',
      );
      if (latest === undefined) return [again];
      return [step(`runs show ${job} ${latest}`, 'look at the last attempt, which this one was replayed as'), again];
    }
  }
}

/** The one command that takes this pause back. */
export function resumeCommand({ job }: Pick<Pause, 'job'>): string {
  return `npx migrations resume${job === undefined ? '' : ` ${job}`}`;
}
