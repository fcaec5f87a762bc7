import { isRecord } from '../kernel/is-record.ts';
import { hasPlaceholder } from '../schema/placeholder-syntax.ts';
import type { Target } from './action.ts';

/** Ids are written with or without dashes, in upper or lower case. */
const plainId = (id: string) => id.replaceAll('-', '').toLowerCase();

const HEX_ID = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;

/** The id of an instance as the service lists it. A string that does not look like an id is returned unchanged. */
export function canonicalId(id: string): string {
  const parts = HEX_ID.exec(plainId(id));
  return parts ? parts.slice(1).join('-') : id;
}

/**
 * A comparable id of an instance that is given as a target's name, an id, or an object with `id`. `undefined` for nothing, and for a placeholder
 * that is filled in later.
 */
export function instanceOf(given: unknown, targets: ReadonlyMap<string, Target>): string | undefined {
  const named =
    typeof given === 'string' ? (targets.get(given)?.id ?? given) : isRecord(given) ? given['id'] : undefined;
  return typeof named === 'string' && named !== '' && !hasPlaceholder(named) ? plainId(named) : undefined;
}

/** Do both refer to the same DCS instance? False while either is unknown. */
export function sameInstance(a: unknown, b: unknown, targets: ReadonlyMap<string, Target>): boolean {
  const instance = instanceOf(a, targets);
  return instance !== undefined && instance === instanceOf(b, targets);
}
