/**
 * The exit codes of the command line.
 *
 * - `done`: success. `failed`: the command ran, and the result is bad: it found problems, or a run or function failed.
 * - `usage`: the command line is invalid, or was not confirmed. Nothing was done.
 * - `unable`: the command could not run: a file, run or ledger was not found, or the cloud did not respond.
 */
export const EXIT = { done: 0, failed: 1, usage: 2, unable: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
