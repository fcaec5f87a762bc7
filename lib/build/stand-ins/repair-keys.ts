import type { RepairedDocument } from '../../jobs/repair-keys.ts';

/** A function's jobs file was put right when it was built: what is wrong with another one is reported as it stands. */
export function repairKeys(document: unknown): RepairedDocument {
  return { document, problems: [], originOf: (path) => path };
}
