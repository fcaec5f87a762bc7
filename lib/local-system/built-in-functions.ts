import type { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import type { LocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { type Assumed, assumedByDefault } from '../../packages/local-cloud/src/cloud/open-questions/assumptions.ts';
import { isNamed } from '../../packages/local-cloud/src/cloud/situations.ts';
import { endpoints } from '../../packages/local-cloud/src/endpoints.ts';
import { AsyncQueue } from '../../packages/local-cloud/src/functiongraph/async-queue.ts';
import type { FunctionHost } from '../../packages/local-cloud/src/functiongraph/function-host.ts';
import type { GatewayRoute } from '../../packages/local-cloud/src/functiongraph/gateway.ts';
import type { InvocationResult } from '../../packages/local-cloud/src/functiongraph/invocation.ts';
import { ObjectDeliveries } from '../../packages/local-cloud/src/functiongraph/object-deliveries.ts';
import {
  makeObjectNotification,
  type ObjectChange,
  type ObjectTriggerRule,
  ruleMatches,
} from '../../packages/local-cloud/src/functiongraph/object-notification.ts';
import { Timers, type TimerTrigger } from '../../packages/local-cloud/src/functiongraph/timers.ts';
import type { RegionEvent } from '../../packages/local-cloud/src/region-event.ts';
import { regionTimeZone } from '../../packages/local-cloud/src/region-time-zone.ts';
import type { OwnFunctions } from '../../packages/local-cloud/src/triggered-functions.ts';
import type { Jobs } from '../jobs/job.ts';
import type { LocalFunction } from './local-functions.ts';

export interface BuiltInFunctionsOptions {
  readonly functions: readonly LocalFunction[];
  /** The folder of a function's built code. @throws if it was not built */
  readonly folderOf: (name: string) => string;
  /** Environment variables for all functions. */
  readonly variables: Readonly<Record<string, string>>;
  readonly jobs: Jobs;
  readonly host: FunctionHost;
  readonly account: { readonly projectId: string; readonly domainId: string };
  readonly clock: Clock;
  readonly onEvent: (event: RegionEvent) => void;
}

/** The functions of this project, built but not deployed, with the triggers that a jobs file needs. */
export class BuiltInFunctions implements OwnFunctions {
  readonly #options: BuiltInFunctionsOptions;
  readonly #queue: AsyncQueue;
  readonly #routes: readonly GatewayRoute[];
  readonly timers: Timers;
  readonly rules: readonly ObjectTriggerRule[];
  readonly timerTriggers: readonly TimerTrigger[];
  readonly #deliveries = new ObjectDeliveries(() => this.#cloud as LocalCloud);
  #cloud: LocalCloud | undefined;
  #deliverAgain: () => void = () => undefined;

  constructor(options: BuiltInFunctionsOptions) {
    const { functions, jobs, clock, onEvent } = options;
    this.#options = options;
    this.#queue = makeQueue(options, (report) =>
      this.#cloud?.publish(failureTopic(jobs, options.account), 'FunctionGraph asynchronous invocation', report),
    );
    this.#routes = functions.flatMap(({ name, routes }) =>
      (routes ?? []).map((route) => ({ ...route, functionName: name })),
    );
    this.rules = functions.flatMap(({ name, objectTriggers }) =>
      (objectTriggers?.(jobs) ?? []).map((rule) => ({ ...rule, functionName: name })),
    );
    this.timerTriggers = functions.flatMap((row) =>
      (row.timers?.(jobs) ?? []).map((timer) => ({ ...timer, functionName: row.name })),
    );
    this.timers = new Timers(this.timerTriggers, {
      regionTimeZone: regionTimeZone(jobs.region),
      clock,
      assumed: (id) => this.#assumed()(id),
      isStopped: ({ name, functionName }) =>
        this.#cloud?.situations.of('timer').some((one) => isNamed(one, name, functionName)) ?? false,
      fire: (trigger, event) => {
        onEvent({ kind: 'tick', trigger });
        this.#queue.enqueue(trigger.functionName, event);
      },
    });
  }

  async connect(cloud: LocalCloud): Promise<void> {
    this.#cloud = cloud;
    const { functions, folderOf, host, variables } = this.#options;
    for (const { name, timeoutSeconds } of functions) {
      await host.put(name, {
        name,
        codeFolder: folderOf(name),
        initializer: 'index.initializer',
        timeoutSeconds,
        memoryMb: 256,
        userData: { ...variables, ...endpoints(cloud) },
      });
    }
  }

  wake(): void {
    this.timers.start();
  }

  rest(): void {
    this.timers.stop();
  }

  routes(): readonly GatewayRoute[] {
    return this.#routes;
  }

  invokeRoute(functionName: string, event: string, requestId: string): Promise<InvocationResult> {
    return this.#options.host.invoke(functionName, event, requestId);
  }

  objectChanged(change: ObjectChange): string[] {
    const { jobs, account } = this.#options;
    const matching = this.rules.filter((rule) => ruleMatches(rule, change));
    for (const rule of matching) {
      const { region } = jobs;
      const notification = makeObjectNotification(change, rule, region, account.domainId, this.#assumed());
      this.#deliverAgain = () => void this.#queue.enqueue(rule.functionName, notification);
      if (this.#cloud) this.#deliveries.send(change, this.#deliverAgain);
      else this.#deliverAgain();
    }
    return matching.map(({ functionName }) => functionName);
  }

  tick(name: string): void {
    const found = this.timerTriggers.find((trigger) => trigger.name === name || trigger.functionName === name);
    if (!found) {
      const known = this.timerTriggers.map((trigger) => trigger.name).join(', ');
      throw new Error(`tick ${name}: no timer trigger or function has this name; timers: ${known}`);
    }
    this.timers.tick(found.name);
  }

  /** Delivers the latest object event a second time, as OBS and the platform may at any time. */
  deliverAgain(): void {
    this.#deliverAgain();
  }

  async close(): Promise<void> {
    this.timers.stop();
    await this.#queue.close();
  }

  #assumed(): Assumed {
    return this.#cloud?.assumed ?? assumedByDefault;
  }
}

/** The failure destination of the built functions: a topic of SMN. */
export function failureTopic({ region }: Jobs, { projectId }: { readonly projectId: string }): string {
  return `urn:smn:${region}:${projectId}:failed-events`;
}

function makeQueue(
  { functions, jobs, host, account, clock, onEvent }: BuiltInFunctionsOptions,
  publish: (report: string) => void,
): AsyncQueue {
  return new AsyncQueue({
    invoke: (...call) => host.invoke(...call),
    policyOf: (name) => functions.find((row) => row.name === name)?.async,
    functionUrn: (name) => `urn:fss:${jobs.region}:${account.projectId}:function:default:${name}:latest`,
    onAttempt: (functionName, _event, result, attempt) => onEvent({ kind: 'result', functionName, result, attempt }),
    onFailure: (functionName, report) => {
      const { request_context: request, response_context: response } = report;
      const [attempts, error] = [request.approximate_invoke_count, response.function_error];
      onEvent({ kind: 'gave_up', functionName, attempts, error });
      publish(JSON.stringify(report));
    },
    clock: () => clock,
  });
}
