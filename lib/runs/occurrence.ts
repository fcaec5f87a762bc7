import { createHash } from 'node:crypto';
import type { Trigger } from '../events/trigger.ts';

/** One reason to run a job once. The same reason, however often and by whatever route it comes, has the same parts. */
export interface Occurrence {
  readonly kind: Trigger['kind'];
  readonly parts: readonly string[];
}

/**
 * What makes a trigger this one and no other.
 *
 * - An object: bucket, key, and which content: the version id, else the eTag, else the sequencer or event id. Direct and EventGrid
 *   notifications of the same content agree in the first two.
 * - A tick: the trigger's name and its time. A timer event carries no id.
 * - A request: its idempotency key, else the gateway's request id (a repeated request without a key is a new occurrence).
 */
export function occurrenceOf(trigger: Trigger): Occurrence {
  switch (trigger.kind) {
    case 'object': {
      const content = trigger.versionId ?? trigger.eTag ?? trigger.sequencer ?? trigger.eventId ?? trigger.time;
      return { kind: 'object', parts: [trigger.bucket, trigger.key, content] };
    }
    case 'tick':
      return { kind: 'tick', parts: [trigger.name, trigger.time] };
    case 'request':
      return { kind: 'request', parts: [trigger.idempotencyKey ?? trigger.requestId] };
  }
}

/** The run's id: 32 hex digits. A change of this formula makes duplicates of everything that is under way. */
export function fingerprint(job: string, { kind, parts }: Occurrence): string {
  return createHash('sha256')
    .update(JSON.stringify(['1', job, kind, ...parts]))
    .digest('hex')
    .slice(0, 32);
}
