import type { Jobs } from '../../jobs/job.ts';
import { RunError } from '../../kernel/errors.ts';
import { plainText } from '../../kernel/plain-text.ts';
import { setScope } from '../../runs/sets/set-work.ts';
import { type SetView, type ViewSetDeps, viewOpenSets, viewSet } from '../../runs/sets/view-set.ts';
import type { Terminal } from '../terminal.ts';
import { checkJobName } from './find-run.ts';
import { hintLines, setTone } from './open-sets.ts';
import { labelled, timeText } from './run-format.ts';

/** What `runs show` shows instead of a run: a set, by its prefix, or the open sets of a job. */
export interface RequestedSets {
  readonly job?: string;
  readonly prefix?: string;
}

const MAX_SETS = 100;

/** `undefined` if a run is requested. */
export function requestedSets(first: string, second: string | undefined): RequestedSets | undefined {
  if (second === undefined) return first.includes('/') ? { prefix: prefixOf(first) } : { job: checkJobName(first) };
  return second.includes('/') ? { job: checkJobName(first), prefix: prefixOf(second) } : undefined;
}

/** With a trailing slash, and without the bucket. */
function prefixOf(given: string): string {
  const prefix = given.replace(/^obs:\/\/[^/]*\//, '');
  return prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/**
 * The requested sets: the open sets of a job or, with a prefix, sets in any state.
 *
 * @throws {RunError} `no_such_set` @throws {LedgerError} if the ledger can't be read
 */
export async function findSets(requested: RequestedSets, deps: ViewSetDeps): Promise<readonly SetView[]> {
  const { job, prefix } = requested;
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
  throw new RunError('no_such_set', `${of} ${what} in the ledger: none of its objects has been reported yet`);
}

function jobsWith({ jobs }: Jobs, prefix: string): string[] {
  return [...jobs.values()].filter((job) => setScope(job, prefix)).map(({ name }) => name);
}

/** Everything that is known about a set. */
export function setDetails(view: SetView, terminal: Terminal): string[] {
  const { job, prefix, bucket, state, files, message, opened_at: opened, last_at: last, deadline, run } = view;
  const time = (at: string | undefined) => (at === undefined ? undefined : timeText(at));
  const where = plainText(bucket === undefined ? prefix : `obs://${bucket}/${prefix}`);
  const lines = [
    ['State', state, setTone(state)],
    ['Files', files === undefined ? undefined : String(files)],
    ['Why', plainText(message)],
    ['First', time(opened)],
    ['Last', time(last)],
    ['Given up', time(deadline)],
    ['Run', run],
  ] as const;
  return [`${terminal.paint('strong', job)} ${where}`, ...labelled(lines, 8, terminal), ...hintLines(view, terminal)];
}
