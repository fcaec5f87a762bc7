import { AppError } from '../../kernel/errors.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { listPauses, type Pause, pausesOf } from '../../runs/ledger/pauses.ts';
import type { Terminal } from '../terminal.ts';

/** The pauses that hold a job back, or all. A list of pauses that cannot be read, or is another stage's, hides no run: it is said, and there are none. */
export async function readPauses(
  ledger: Ledger,
  job: string | undefined,
  terminal: Terminal,
): Promise<readonly Pause[]> {
  try {
    return await (job === undefined ? listPauses(ledger) : pausesOf(ledger, job));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    terminal.note(`what is paused is not shown: ${error.message}`);
    return [];
  }
}
