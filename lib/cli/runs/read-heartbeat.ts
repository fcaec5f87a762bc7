import { START_COMMAND } from '../../build/start-command.ts';
import { AppError } from '../../kernel/errors.ts';
import { type Heartbeat, readHeartbeat } from '../../runs/ledger/heartbeat.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import type { Place } from '../place.ts';
import type { Terminal } from '../terminal.ts';
import { timeText } from './run-format.ts';

/** The heartbeat of `reconcile`, and a note if it is late, with what to do. If it can't be read, a note says so and none is returned. */
export async function readAndNoteHeartbeat(
  ledger: Ledger,
  { kind, system }: Place,
  terminal: Terminal,
): Promise<Heartbeat | undefined> {
  try {
    const heartbeat = await readHeartbeat(ledger);
    const { last_tick_at: at, message } = heartbeat;
    if (message !== undefined) {
      const isStopped = kind === 'local' && !system;
      const advice = isStopped
        ? `it runs while ${START_COMMAND} does`
        : 'see "reconcile has not run" in docs/runbook.md';
      terminal.note(`${terminal.paint('warn', 'late')} ${message}; ${advice}`);
    } else if (at !== undefined) terminal.aside(`last tick of reconcile: ${timeText(at)}`);
    return heartbeat;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    terminal.note(`the heartbeat of reconcile could not be read: ${error.message}`);
    return undefined;
  }
}
