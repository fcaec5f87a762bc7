import { AppError } from '../../kernel/errors.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import { listPauses, type Pause, pausesOf } from '../../runs/ledger/pauses.ts';
import type { Terminal } from '../terminal.ts';

/** The pauses that affect a job, or all pauses. If they can't be read, or belong to another stage, a note says so and none is returned. */
export async function readPauses(
  ledger: Ledger,
  job: string | undefined,
  terminal: Terminal,
): Promise<readonly Pause[]> {
  try {
    return await (job === undefined ? listPauses(ledger) : pausesOf(ledger, job));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    terminal.note(`pauses could not be read: ${error.message}`);
    return [];
  }
}
