import type { CloudEvent } from './cloud/operation.ts';
import type { InvocationResult } from './functiongraph/invocation.ts';
import type { ObjectChange } from './functiongraph/object-notification.ts';
import type { TimerTrigger } from './functiongraph/timers.ts';

/** Something that happened in a region, for display. */
export type RegionEvent =
  | { readonly kind: 'object'; readonly change: ObjectChange; readonly functionNames: readonly string[] }
  | { readonly kind: 'tick'; readonly trigger: TimerTrigger }
  | { readonly kind: 'request'; readonly method: string; readonly path: string; readonly status: number }
  | {
      readonly kind: 'result';
      readonly functionName: string;
      readonly result: InvocationResult;
      readonly attempt: number;
    }
  | { readonly kind: 'gave_up'; readonly functionName: string; readonly attempts: number; readonly error: string }
  | { readonly kind: 'cloud'; readonly event: CloudEvent }
  | { readonly kind: 'trouble'; readonly error: unknown };
