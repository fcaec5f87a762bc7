import type { FunctionTrigger } from '../cloud/programs/functiongraph/triggers.ts';
import type { DesiredTrigger } from './desired-triggers.ts';
import { describeTrigger, isGateway, isObjects, isSamePlace, isSameValue } from './same-trigger.ts';

/**
 * What each new trigger changes about the one it replaces: `TIMER rate-1h (1h) -> TIMER rate-2h (2h)`, or the fields that differ. Nothing for a
 * trigger that replaces none.
 */
export function triggerChanges(
  made: readonly DesiredTrigger[],
  gone: readonly FunctionTrigger[],
): ReadonlyMap<DesiredTrigger, readonly string[]> {
  const left = new Set(gone);
  const found = new Map<DesiredTrigger, readonly string[]>();
  for (const test of [isSamePlace, hasSamePurpose]) {
    for (const trigger of made) {
      const old = found.has(trigger) ? undefined : [...left].find((candidate) => test(trigger, candidate));
      if (!old) continue;
      left.delete(old);
      found.set(trigger, linesOf(trigger, old));
    }
  }
  return found;
}

/** For the same jobs, bucket or route. */
function hasSamePurpose(trigger: DesiredTrigger, old: FunctionTrigger): boolean {
  const field = trigger.type === 'TIMER' ? 'user_event' : isObjects(trigger) ? 'bucket' : 'name';
  const isAlike =
    trigger.type === old.type || (isObjects(trigger) && isObjects(old)) || (isGateway(trigger) && isGateway(old));
  return isAlike && trigger.data[field] !== undefined && isSameValue(trigger.data[field], old.data[field]);
}

function linesOf(trigger: DesiredTrigger, old: FunctionTrigger): string[] {
  const [before, after] = [describeTrigger(old), describeTrigger(trigger)];
  if (before !== after) return [`${before} -> ${after}`];
  const fields = Object.keys(trigger.data).filter((key) => !isSameValue(trigger.data[key], old.data[key]));
  const isKnown = trigger.type === 'TIMER' || isObjects(trigger) || isGateway(trigger);
  // Those of other types may hold passwords.
  return fields.map((key) =>
    isKnown
      ? `${key}: ${JSON.stringify(old.data[key] ?? '')} -> ${JSON.stringify(trigger.data[key])}`
      : `${key} changes`,
  );
}
