import type { AnyEvent } from '../../events/any-event.ts';
import type { MatchContext } from './known-secrets.ts';
import { matchObjects } from './match-objects.ts';
import { matchRequest } from './match-request.ts';
import { matchTick } from './match-tick.ts';
import type { Subject } from './verdict.ts';

/** Which jobs an event starts, and why it does not start the others. Makes no calls. Returns one entry per record, tick or request. */
export function matchEvent(event: AnyEvent, context: MatchContext): Subject[] {
  switch (event.kind) {
    case 'object':
      return matchObjects(event.records, context);
    case 'tick':
      return [matchTick(event.tick, context)];
    case 'request':
      return [matchRequest(event.request, context)];
  }
}
