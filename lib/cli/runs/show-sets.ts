import type { Jobs } from '../../jobs/job.ts';
import { RunError } from '../../kernel/errors.ts';
import { plainText } from '../../kernel/plain-text.ts';
import { setScope } from '../../runs/sets/set-work.ts';
import { type SetView, type ViewSetDeps, viewOpenSets, viewSet } from '../../runs/sets/view-set.ts';
import type { Terminal } from '../terminal.ts';
import { checkJobName } from './find-run.ts';
import { hintLines, setTone } from './open-sets.ts';
import { labelled, timeText } from './run-words.ts';

/** What `runs show` is asked for when that is not a run: a set by its prefix, or the open sets of a job. */
export interface AskedSets {
  readonly job?: string;
  readonly prefix?: string;
}

const MAX_SETS = 100;

/** `undefined` when a run is asked for. */
export function askedSets(first: string, second: string | undefined): AskedSets | undefined {
  if (second === undefined) return first.includes('/') ? { prefix: prefixOf(first) } : { job: checkJobName(first) };
  return second.includes('/') ? { job: checkJobName(first), prefix: prefixOf(second) } : undefined;
}

/** With a slash at the end, and without the bucket. */
function prefixOf(given: string): string {
  const prefix = given.replace(/^obs:\/\/[^/]*\//, '');
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/**
 * The sets that are asked for; of a job the open ones, with a prefix also those that are over.
 *
 * @throws {RunError} `no_such_set` @throws {LedgerError} when the ledger can't be read
 */
export async function findSets(asked: AskedSets, deps: ViewSetDeps): Promise<readonly SetView[]> {
  const { job, prefix } = asked;
  if (prefix === undefined) {
    const { sets } = await viewOpenSets({ job, limit: MAX_SETS }, deps);
    return sets;
  }
  const jobs = job === undefined ? jobsWith(deps.jobs, prefix) : [job];
  const views: SetView[] = [];
  for (const one of jobs) {
    const view = await viewSet({ job: one, prefix }, deps);
    if (view) views.push(view);
  }
  if (views.length > 0) return views;
  const of = job === undefined ? 'no job' : `job ${job}`;
  const what = job === undefined ? `has a set ${prefix}` : `has no set ${prefix}`;
  throw new RunError('no_such_set', `${of} ${what} in the ledger: nothing of it has been announced yet`);
}

function jobsWith({ jobs }: Jobs, prefix: string): string[] {
  return [...jobs.values()].filter((job) => setScope(job, prefix)).map(({ name }) => name);
}

/** A set with everything that is known of it. */
export function setDetails(view: SetView, terminal: Terminal): string[] {
  const { job, prefix, bucket, state, files, message, opened_at: opened, last_at: last, deadline, run } = view;
  const time = (at: string | undefined) => (at === undefined ? undefined : timeText(at));
  const where = plainText(bucket === undefined ? prefix : `obs://${bucket}/${prefix}`);
  const lines = [
    ['State', terminal.paint(setTone(state), state)],
    ['Files', files === undefined ? undefined : String(files)],
    ['Why', plainText(message)],
    ['First', time(opened)],
    ['Last', time(last)],
    ['Given up', time(deadline)],
    ['Run', run],
  ] as const;
  return [`${terminal.paint('strong', job)} ${where}`, ...labelled(lines, 8), ...hintLines(view)];
}
