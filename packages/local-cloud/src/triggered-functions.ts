import type { LocalCloud } from './cloud/local-cloud.ts';
import type { GatewayRoute } from './functiongraph/gateway.ts';
import type { InvocationResult } from './functiongraph/invocation.ts';
import type { ObjectChange } from './functiongraph/object-notification.ts';

/** Functions with their triggers. */
export interface TriggeredFunctions {
  /** The gateway routes of these functions. */
  routes(): readonly GatewayRoute[];
  /**
   * Invokes the function behind a route.
   *
   * @param functionName from the route
   * @throws {InvocationRefusedError} when the route does not exist
   */
  invokeRoute(functionName: string, event: string, requestId: string): Promise<InvocationResult>;
  /** Called when an object has changed. @returns the names of the functions that are invoked */
  objectChanged(change: ObjectChange): string[];
  /**
   * Lets a timer trigger tick once now, in addition to its schedule.
   *
   * @param name of the trigger, or of its function @throws {Error} when there is none
   */
  tick(name: string): void;
  /** Stops all triggers; resolves when work in progress has ended. */
  close(): Promise<void>;
}

/** Functions that were not deployed. They have their triggers while nothing is deployed. */
export interface OwnFunctions extends TriggeredFunctions {
  /** Called when the services are available. @throws when the code of a function cannot be read */
  connect(cloud: LocalCloud): Promise<void>;
  /** Starts the timers. */
  wake(): void;
  /** Stops the timers. */
  rest(): void;
}
