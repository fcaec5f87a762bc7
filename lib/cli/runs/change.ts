import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

/** A change that a person confirms before it is made: in a terminal, or in the console. */
export interface Change {
  /** Names what is changed, and says what happens. */
  readonly question: string;
  /** What to know before the answer, one line each. */
  readonly notes?: readonly string[];
  /** Nothing new would be recorded, so a command does not ask. */
  readonly isKnown?: boolean;
  /** @throws {AppError} and changes nothing, unless it says otherwise */
  perform(): Promise<ChangeEnd>;
}

export interface ChangeEnd {
  readonly code: ExitCode;
  /** For `--json`. */
  readonly value: unknown;
  /** What has happened, for people. */
  readonly lines: readonly string[];
  /** What else to know. */
  readonly notes?: readonly string[];
}

/** Asks, makes the change, and prints what has happened. @throws as `Change.perform`, and {UsageError} if nobody can be asked */
export async function confirmChange(
  change: Change,
  terminal: Terminal,
  { yes }: { readonly yes?: boolean | undefined },
): Promise<ExitCode> {
  for (const note of change.notes ?? []) terminal.note(note);
  if (!change.isKnown && !(await terminal.confirm(change.question, { yes }))) return EXIT.usage;
  const { code, value, lines, notes = [] } = await change.perform();
  for (const note of notes) terminal.note(note);
  terminal.result(value, () => lines);
  return code;
}
