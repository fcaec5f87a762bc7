import type { Problem } from '../../kernel/errors.ts';

/** Warnings were shown when the function was built or deployed. */
export function warningsFor(): Problem[] {
  return [];
}
