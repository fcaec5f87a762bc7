import type { Straightened } from '../../jobs/straighten.ts';

/** A function's jobs file was put right when it was built: what is wrong with another one is reported as it stands. */
export function straighten(document: unknown): Straightened {
  return { document, problems: [], originOf: (path) => path };
}
