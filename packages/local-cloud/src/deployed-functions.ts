import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FunctionRunner, RunnerResult } from './cloud/functiongraph/deps.ts';
import { readUserData } from './cloud/functiongraph/function-bodies.ts';
import { urnOf } from './cloud/functiongraph/functions.ts';
import { InvocationHistory } from './cloud/functiongraph/invocation-history.ts';
import { chooseVersion } from './cloud/functiongraph/invocation-operations.ts';
import type { Destination, FunctionRecord, TriggerRecord, VersionRecord } from './cloud/functiongraph/records.ts';
import type { LocalCloud } from './cloud/local-cloud.ts';
import { isNamed } from './cloud/situations.ts';
import { endpoints } from './endpoints.ts';
import { AsyncQueue, type FailureReport } from './functiongraph/async-queue.ts';
import type { FunctionHost, FunctionSettings } from './functiongraph/function-host.ts';
import type { GatewayRoute } from './functiongraph/gateway.ts';
import { type InvocationFaults, InvocationRefusedError, type InvocationResult } from './functiongraph/invocation.ts';
import { makeMessageEvent } from './functiongraph/message-event.ts';
import { makeObjectCloudEvent, type ObjectSubscription, subscribedType } from './functiongraph/object-cloud-event.ts';
import { ObjectDeliveries } from './functiongraph/object-deliveries.ts';
import { makeObjectNotification, type ObjectChange, ruleMatches } from './functiongraph/object-notification.ts';
import { Timers, type TimerTrigger } from './functiongraph/timers.ts';
import type { RegionEvent } from './region-event.ts';
import { regionTimeZone } from './region-time-zone.ts';
import type { RequestLogs } from './request-logs.ts';
import type { TriggeredFunctions } from './triggered-functions.ts';

/** A limit that a single machine can handle. */
const MAX_INSTANCES = 4;

export interface DeployedFunctionsOptions {
  readonly host: FunctionHost;
  /** Receives each line that the host logs. */
  readonly logs: RequestLogs;
  readonly region: string;
  /** The account that owns the buckets. */
  readonly ownerId: string;
  readonly onEvent: (event: RegionEvent) => void;
}

interface DeployedTrigger {
  readonly record: FunctionRecord;
  readonly trigger: TriggerRecord;
}

/**
 * Runs the functions that were deployed to the local cloud, with their triggers. In the host, the key of a version is its URN.
 */
export class DeployedFunctions implements FunctionRunner, TriggeredFunctions {
  readonly #options: DeployedFunctionsOptions;
  readonly #queue: AsyncQueue;
  readonly history = new InvocationHistory();
  /** The functions in the host, with the settings that they were added with. */
  readonly #hosted = new Map<string, string>();
  /** By the trigger's ID. */
  readonly #timers = new Map<string, Timers>();
  readonly #deliveries = new ObjectDeliveries(() => this.#running());
  #cloud: LocalCloud | undefined;
  #records: readonly FunctionRecord[] = [];

  constructor(options: DeployedFunctionsOptions) {
    this.#options = options;
    this.#queue = new AsyncQueue({
      invoke: (urn, event, requestId, faults) => {
        const waiting = this.history.async(requestId);
        if (waiting) this.history.setAsync({ ...waiting, status: 'RUNNING' });
        return this.#invoke(urn, event, requestId, faults);
      },
      policyOf: (urn) => {
        const config = this.#versionAt(urn)?.version.asyncConfig;
        return (
          config && {
            retryAttempts: config.max_async_retry_attempts,
            maxAgeSeconds: config.max_async_event_age_in_seconds,
          }
        );
      },
      functionUrn: (urn) => urn,
      onAttempt: (urn, event, result, attempt) => {
        this.#emitResult(urn, result, attempt);
        if (result.ok) this.#endAsync(result.requestId, 'SUCCESS', '');
        if (result.ok)
          this.#send(urn, 'on_success', successReport(urn, event, result, attempt, this.#running().clock.now()));
      },
      onFailure: (urn, report) => {
        const { request_context: request, response_context: response } = report;
        const [attempts, error] = [request.approximate_invoke_count, response.function_error];
        this.#endAsync(request.request_id, 'FAIL', error);
        options.onEvent({ kind: 'gave_up', functionName: shortName(urn), attempts, error });
        this.#send(urn, 'on_failure', report);
      },
      clock: () => this.#running().clock,
    });
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  /** Called when the services are available, so that deployed functions can run. */
  connect(cloud: LocalCloud): void {
    this.#cloud = cloud;
  }

  async deploy(records: readonly FunctionRecord[]): Promise<void> {
    this.#records = records;
    await this.#hostVersions();
    this.#startTimers();
  }

  async invoke(
    record: FunctionRecord,
    version: VersionRecord,
    event: string,
    requestId: string,
  ): Promise<RunnerResult> {
    const urn = urnOf(record, version.version);
    const { result, log } = await this.#options.logs.collect(requestId, () => this.#invoke(urn, event, requestId));
    this.#emitResult(urn, result, 1);
    return { ok: result.ok, payload: result.payload, log };
  }

  invokeLater(record: FunctionRecord, version: VersionRecord, event: string): string {
    return this.#accept(urnOf(record, version.version), JSON.parse(event));
  }

  objectChanged(change: ObjectChange): string[] {
    const invoked: string[] = [];
    for (const deployed of this.#triggers('OBS', 'EVENTGRID')) {
      const event = this.#objectEvent(deployed.trigger, change);
      if (event === undefined) continue;
      invoked.push(deployed.record.name);
      this.#deliveries.send(change, () => this.#enqueue(deployed, event));
    }
    return invoked;
  }

  /** Called when a message was published to a topic. */
  published(id: string): void {
    const message = this.#cloud?.messages().find((published) => published.id === id);
    if (!message) return;
    for (const deployed of this.#triggers('SMN')) {
      if (deployed.trigger.data['topic_urn'] !== message.topicUrn) continue;
      this.#enqueue(
        deployed,
        makeMessageEvent(message, urnOf(deployed.record, deployed.trigger.qualifier), randomUUID()),
      );
    }
  }

  tick(name: string): void {
    const found = this.#triggers('TIMER').find(
      ({ record, trigger }) => record.name === name || trigger.data['name'] === name,
    );
    const timers = found && this.#timers.get(found.trigger.id);
    if (!found || !timers) throw new Error(`tick ${name}: no active timer trigger or function has this name`);
    timers.tick(String(found.trigger.data['name']));
  }

  /** The gateway invokes functions by the ID of their trigger. */
  routes(): GatewayRoute[] {
    return this.#triggers('APIG', 'DEDICATEDGATEWAY').map(({ trigger: { id, data } }) => {
      const {
        req_method: method,
        match_mode: mode,
        func_info: info,
      } = data as {
        readonly req_method: string;
        readonly match_mode: string;
        readonly func_info: { readonly timeout: number };
      };
      return {
        prefix: String(data['path']),
        functionName: id,
        ...(method === 'ANY' ? {} : { method }),
        isExact: mode === 'NORMAL',
        timeoutMs: info.timeout,
      };
    });
  }

  async invokeRoute(triggerId: string, event: string, requestId: string): Promise<InvocationResult> {
    const deployed = this.#triggers('APIG', 'DEDICATEDGATEWAY').find(({ trigger }) => trigger.id === triggerId);
    if (!deployed) throw new InvocationRefusedError(`invoke ${triggerId}: the trigger no longer exists`);
    const urn = this.#chosenUrn(deployed);
    const { invocation_type: type } = deployed.trigger.data['func_info'] as { invocation_type?: string };
    if (type !== 'async') {
      const result = await this.#invoke(urn, event, requestId);
      this.#emitResult(urn, result, 1);
      return result;
    }
    this.#accept(urn, JSON.parse(event));
    const payload = JSON.stringify({ statusCode: 202, headers: {}, body: '', isBase64Encoded: false });
    return { requestId, ok: true, payload, memoryBytes: 0 };
  }

  async close(): Promise<void> {
    for (const timers of this.#timers.values()) timers.stop();
    this.#timers.clear();
    await this.#queue.close();
  }

  async #hostVersions(): Promise<void> {
    const wanted = new Map<string, FunctionSettings>();
    for (const record of this.#records) {
      for (const version of record.versions)
        wanted.set(urnOf(record, version.version), this.#settings(record, version));
    }
    for (const urn of [...this.#hosted.keys()].filter((known) => !wanted.has(known))) {
      this.#options.host.remove(urn);
      this.#hosted.delete(urn);
    }
    for (const [urn, settings] of wanted) {
      const text = JSON.stringify(settings);
      if (this.#hosted.get(urn) === text) continue;
      await this.#options.host.put(urn, settings);
      this.#hosted.set(urn, text);
    }
  }

  #settings(record: FunctionRecord, { version, config, code }: VersionRecord): FunctionSettings {
    const cloud = this.#running();
    const codeFolder = cloud.codeFolder(code);
    if (codeFolder === undefined) throw new Error(`run ${record.name}: its code is not stored`);
    return {
      name: record.name,
      codeFolder,
      handler: config.handler,
      ...(config.initializer_handler ? { initializer: config.initializer_handler } : {}),
      ...(config.initializer_timeout ? { initializerTimeoutSeconds: config.initializer_timeout } : {}),
      timeoutSeconds: config.timeout,
      memoryMb: config.memory_size,
      maxInstances: record.maxInstances > 0 ? Math.min(record.maxInstances, MAX_INSTANCES) : MAX_INSTANCES,
      userData: {
        ...readUserData(config.user_data),
        ...readUserData(config.encrypted_user_data),
        // Overrides the values it was deployed with.
        ...endpoints(cloud),
      },
      version,
      package: record.package,
      hasAgency: Boolean(config.xrole || config.app_xrole),
    };
  }

  #startTimers(): void {
    const wanted = new Map(this.#triggers('TIMER').map((deployed) => [deployed.trigger.id, deployed]));
    for (const [id, timers] of this.#timers) {
      const still = wanted.get(id);
      if (still && still.trigger.status === 'ACTIVE') continue;
      timers.stop();
      this.#timers.delete(id);
    }
    for (const [id, { record, trigger }] of wanted) {
      if (this.#timers.has(id) || trigger.status !== 'ACTIVE') continue;
      const timers = new Timers([timerTrigger(record, trigger)], {
        regionTimeZone: regionTimeZone(this.#options.region),
        clock: this.#running().clock,
        assumed: this.#running().assumed,
        isStopped: ({ name, functionName }) =>
          this.#running()
            .situations.of('timer')
            .some((one) => isNamed(one, name, functionName)),
        fire: (fired, event) => {
          // Looked up again, because the version of an alias may have changed.
          const deployed = this.#triggers('TIMER').find((candidate) => candidate.trigger.id === id);
          if (!deployed) return;
          this.#options.onEvent({ kind: 'tick', trigger: fired });
          this.#enqueue(deployed, event);
        },
      });
      timers.start();
      this.#timers.set(id, timers);
    }
  }

  #triggers(...types: readonly string[]): DeployedTrigger[] {
    return this.#records.flatMap((record) =>
      record.triggers.filter(({ type }) => types.includes(type)).map((trigger) => ({ record, trigger })),
    );
  }

  #objectEvent({ id, type, data }: TriggerRecord, change: ObjectChange): unknown {
    const { assumed } = this.#running();
    const { region, ownerId } = this.#options;
    const text = (field: string) => (typeof data[field] === 'string' ? data[field] : '');
    const place = { bucket: text('bucket'), prefix: text('prefix'), suffix: text('suffix') };
    if (type === 'OBS') {
      const events = data['events'] as readonly string[];
      const rule = { ...place, functionName: id, configurationId: text('name'), events };
      return ruleMatches(rule, change) ? makeObjectNotification(change, rule, region, ownerId, assumed) : undefined;
    }
    const eventTypes = data['event_types'] as readonly string[];
    const subscription: ObjectSubscription = { ...place, eventTypes, encodesKeys: data['Key_encode'] === true };
    const wanted = subscribedType(subscription, change);
    return wanted === undefined
      ? undefined
      : makeObjectCloudEvent(change, wanted, subscription, region, ownerId, assumed);
  }

  /** Events of a function with 0 instances are discarded, like all events above the number of instances. */
  #enqueue(deployed: DeployedTrigger, event: unknown): void {
    if (deployed.record.maxInstances === 0) return;
    try {
      this.#accept(this.#chosenUrn(deployed), event);
    } catch (error) {
      this.#options.onEvent({ kind: 'trouble', error });
    }
  }

  /** Queues an event. @returns the request ID @throws {InvocationRefusedError} when the event is too large */
  #accept(urn: string, event: unknown): string {
    const requestId = this.#queue.enqueue(urn, event);
    const startedAt = this.#running().clock.now();
    this.history.setAsync({ urn, requestId, status: 'WAIT', errorMessage: '', startedAt, endedAt: undefined });
    return requestId;
  }

  #endAsync(requestId: string, status: 'SUCCESS' | 'FAIL', errorMessage: string): void {
    const known = this.history.async(requestId);
    if (known) this.history.setAsync({ ...known, status, errorMessage, endedAt: this.#running().clock.now() });
  }

  async #invoke(urn: string, event: string, requestId: string, faults?: InvocationFaults): Promise<InvocationResult> {
    const cloud = this.#running();
    const { clock } = cloud;
    const startedAt = clock.now();
    const result = await this.#options.host.invoke(urn, event, requestId, faults);
    cloud.invoked(urn, result.ok);
    const isSystemError = !result.ok && result.cause === 'system_error';
    this.history.addRun({
      urn,
      startedAt,
      durationMs: clock.now() - startedAt,
      outcome: result.ok ? 'ok' : isSystemError ? 'system_error' : 'function_error',
      memoryMb: this.#versionAt(urn)?.version.config.memory_size ?? 0,
    });
    return result;
  }

  #chosenUrn({ record, trigger }: DeployedTrigger): string {
    return urnOf(record, chooseVersion(record, trigger.qualifier, Math.random));
  }

  #versionAt(urn: string): { record: FunctionRecord; version: VersionRecord } | undefined {
    for (const record of this.#records) {
      const version = record.versions.find((candidate) => urnOf(record, candidate.version) === urn);
      if (version) return { record, version };
    }
    return undefined;
  }

  #send(urn: string, outcome: 'on_success' | 'on_failure', report: object): void {
    const destination = this.#versionAt(urn)?.version.asyncConfig?.destination_config[outcome];
    if (!destination) return;
    this.#deliver(destination, report).catch((error: unknown) => this.#options.onEvent({ kind: 'trouble', error }));
  }

  async #deliver({ destination, param }: Destination, report: object): Promise<void> {
    const target = JSON.parse(param) as { topic_urn: string; func_urn: string; bucket: string; prefix?: string };
    const text = JSON.stringify(report);
    const { publish, obs } = this.#running();
    if (destination === 'SMN') publish(target.topic_urn, 'FunctionGraph asynchronous invocation', text);
    else if (destination === 'OBS') {
      const attributes = { contentType: 'application/json', metadata: {} };
      const key = `${target.prefix ?? ''}${randomUUID()}`;
      await obs.put(target.bucket, key, Readable.from([Buffer.from(text)]), attributes);
    } else this.#enqueueAt(target.func_urn, report);
  }

  #emitResult(urn: string, result: InvocationResult, attempt: number): void {
    this.#options.onEvent({ kind: 'result', functionName: shortName(urn), result, attempt });
  }

  #running(): LocalCloud {
    if (!this.#cloud) throw new Error('run a function: the local FunctionGraph is not ready yet');
    return this.#cloud;
  }

  #enqueueAt(urn: string, event: object): void {
    const record = this.#records.find((candidate) => `${urn}:`.startsWith(`${urnOf(candidate, '')}:`));
    if (!record) return;
    const qualifier = urn.slice(urnOf(record, '').length + 1);
    this.#accept(urnOf(record, chooseVersion(record, qualifier, Math.random)), event);
  }
}

function timerTrigger(record: FunctionRecord, { data }: TriggerRecord): TimerTrigger {
  const schedule = String(data['schedule']);
  return {
    name: String(data['name']),
    functionName: record.name,
    schedule: data['schedule_type'] === 'Rate' ? { rate: schedule } : { cron: schedule },
    userEvent: typeof data['user_event'] === 'string' ? data['user_event'] : '',
  };
}

/** The name in a URN, with the version unless it is `latest`. */
function shortName(urn: string): string {
  const [name = '', version = 'latest'] = urn.split(':').slice(6);
  return version === 'latest' ? name : `${name}:${version}`;
}

/** The report of a success to a destination (user manual, "Configuring asynchronous notification"), whose sample has a count of 0. */
function successReport(
  urn: string,
  event: unknown,
  result: InvocationResult,
  attempt: number,
  now: number,
): FailureReport {
  return {
    timestamp: new Date(now).toISOString(),
    request_context: {
      request_id: result.requestId,
      function_urn: urn,
      condition: '',
      approximate_invoke_count: attempt - 1,
    },
    request_payload: JSON.stringify(event),
    response_context: { status_code: 200, function_error: '' },
    response_payload: result.payload,
  };
}
