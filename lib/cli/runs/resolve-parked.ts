import { RunError } from '../../kernel/errors.ts';
import { canonicalCode } from '../../kernel/transient-failures.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { isForeign } from '../../runs/ledger/origin.ts';
import { foldRun } from '../../runs/ledger/run-state.ts';
import { listOpenOnly, type ReadRun, readRuns } from '../../runs/operate/list-runs.ts';
import { refuseWhileHandled } from '../../runs/operate/refuse-while-handled.ts';
import { resolveRun } from '../../runs/operate/resolve-run.ts';
import { type RunReason, reasonOf } from '../../runs/report/run-result.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import type { LeftRun, RunId } from './find-run.ts';
import { reasonText } from './run-format.ts';
import type { JobSelection } from './select-jobs.ts';

export interface ParkedOptions {
  /** The code of the error that the runs kept getting. */
  readonly code: string;
  /** Whose runs. */
  readonly jobs: JobSelection;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** `runs resolve [job] --code CODE try-again`: resumes the runs that were parked automatically with one code. Returns the exit code. */
export async function resolveParked(ledger: Ledger, options: ParkedOptions, terminal: Terminal): Promise<ExitCode> {
  const { code, dryRun } = options;
  const { runs, unreadable } = await findParked(ledger, options, terminal);
  const skipped: LeftRun[] = [];
  const ready = runs.filter((run) => {
    const reason = reasonToSkip(run, ledger);
    if (reason) skipped.push({ ...nameOf(run), reason });
    return reason === undefined;
  });
  for (const { view } of ready) {
    terminal.note(`will be tried again: job ${view.job}, run ${view.run}: ${reasonText(view.reason)}`);
  }
  const question = `Try ${ready.length === 1 ? 'this run' : `these ${ready.length} runs`} again?`;
  if (ready.length > 0 && !dryRun && !(await terminal.confirm(question, { yes: options.yes }))) return EXIT.usage;
  const resolved: RunId[] = [];
  for (const run of ready) {
    const end = dryRun ? 'resolved' : await resolveOne(ledger, nameOf(run));
    if (end === 'resolved') resolved.push(nameOf(run));
    else skipped.push({ ...nameOf(run), reason: end });
  }
  for (const { job, run, reason } of skipped) {
    terminal.note(`${terminal.paint('warn', 'skipped')} job ${job}, run ${run}: ${reasonText(reason)}`);
  }
  if (runs.length === 0) terminal.note(`no run is parked with ${code}`);
  terminal.result({ dry_run: dryRun, code, decision: 'try_again', resolved, skipped }, () =>
    resolved.map(
      ({ job, run }) => `${dryRun ? 'would be recorded' : 'recorded'} for job ${job}, run ${run}: try again`,
    ),
  );
  const isLeft = unreadable > 0 || skipped.some(({ reason }) => reason.code === 'ledger');
  return isLeft ? EXIT.failed : EXIT.done;
}

async function findParked(
  ledger: Ledger,
  { code, jobs }: ParkedOptions,
  terminal: Terminal,
): Promise<{ readonly runs: readonly ReadRun[]; readonly unreadable: number }> {
  const all = await listOpenOnly(ledger, jobs.job);
  const listed = all.filter(({ job }) => jobs.matches(job));
  let unreadable = 0;
  const { runs } = await readRuns(ledger, listed, {
    isWanted: ({ view, records }) => {
      const { cause } = view.reason ?? {};
      const isSame = cause !== undefined && canonicalCode(cause) === canonicalCode(code);
      return view.state === 'parked' && isSame && !isForeign(ledger, records);
    },
    limit: Number.POSITIVE_INFINITY,
    onProgress: (read) => terminal.progress(`reading runs: ${read} of ${listed.length}`),
    onTrouble: (entry, error) => {
      unreadable += 1;
      terminal.note(`job ${entry.job}, run ${entry.run}: ${error.message}`);
    },
  });
  return { runs: runs.toReversed(), unreadable };
}

function nameOf({ view }: ReadRun): RunId {
  return { job: view.job, run: view.run };
}

function reasonToSkip({ view, records }: ReadRun, ledger: Ledger): RunReason | undefined {
  try {
    refuseWhileHandled(foldRun(records), ledger, `job ${view.job}, run ${view.run}`);
    return undefined;
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return reasonOf(error);
  }
}

/** If somebody else has decided in the meantime, the others are still resolved. */
async function resolveOne(ledger: Ledger, name: RunId): Promise<'resolved' | RunReason> {
  try {
    await resolveRun(ledger, name, { kind: 'try_again' });
    return 'resolved';
  } catch (error) {
    if (!(error instanceof RunError || error instanceof LedgerError)) throw error;
    return reasonOf(error);
  }
}
