import type { LocalCloud } from './cloud/local-cloud.ts';
import type { GatewayRoute } from './functiongraph/gateway.ts';
import type { Invocation } from './functiongraph/invocation.ts';
import type { ObjectChange } from './functiongraph/object-notification.ts';

/** Functions with their triggers. */
export interface TriggeredFunctions {
  /** What the gateway answers with these functions. */
  routes(): readonly GatewayRoute[];
  /**
   * Invokes the function behind a route.
   *
   * @param functionName as the route has it
   * @throws {InvocationRefused} there is no such route
   */
  invokeRoute(functionName: string, event: string, requestId: string): Promise<Invocation>;
  /** Something happened to an object. @returns the names of the functions that are told */
  objectChanged(change: ObjectChange): string[];
  /** No trigger fires after this; resolves when what is under way is over. */
  close(): Promise<void>;
}

/** Functions that nobody deployed. They have their triggers as long as nothing is deployed. */
export interface OwnFunctions extends TriggeredFunctions {
  /** The services are there. @throws when the code of a function can't be read */
  connect(cloud: LocalCloud): Promise<void>;
  /** From now on timers tick. */
  wake(): void;
  /** From now on no timer ticks. */
  rest(): void;
}
