/**
 * What the command line tells a script.
 *
 * - `done`: it was done, and all is well. `failed`: it was carried out, and the answer is bad: problems found, a run or function failed.
 * - `usage`: the command line can't be understood, or asks for something that has to be confirmed; nothing was done.
 * - `unable`: it could not be carried out: no such file, run or ledger, the cloud did not answer.
 */
export const EXIT = { done: 0, failed: 1, usage: 2, unable: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
