import type { Problem } from '../../kernel/errors.ts';

/** Whoever builds or deploys a function was told of them. */
export function warningsFor(): Problem[] {
  return [];
}
