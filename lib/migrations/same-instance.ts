import { hasPlaceholder } from '../placeholder-syntax.ts';
import type { Target } from './action.ts';
import { isRecord } from './describe-value.ts';

/** Ids are written with dashes or without, in either case. */
const plainId = (id: string) => id.replaceAll('-', '').toLowerCase();

/**
 * What an instance is known by, whatever it is named with: a target's name, an id, or an object with `id`. `undefined` for nothing, and for
 * what is filled in later.
 */
export function instanceOf(given: unknown, targets: ReadonlyMap<string, Target>): string | undefined {
  const named =
    typeof given === 'string' ? (targets.get(given)?.id ?? given) : isRecord(given) ? given['id'] : undefined;
  return typeof named === 'string' && named !== '' && !hasPlaceholder(named) ? plainId(named) : undefined;
}

/** Do both name one DCS instance? No, as long as one of them is not known. */
export function sameInstance(a: unknown, b: unknown, targets: ReadonlyMap<string, Target>): boolean {
  const instance = instanceOf(a, targets);
  return instance !== undefined && instance === instanceOf(b, targets);
}
