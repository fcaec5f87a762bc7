import { randomUUID } from 'node:crypto';
import type { FunctionRunner, InvocationResult } from './cloud/functiongraph/deps.ts';
import { readUserData } from './cloud/functiongraph/function-bodies.ts';
import { urnOf } from './cloud/functiongraph/functions.ts';
import { chosenVersion } from './cloud/functiongraph/invocation-operations.ts';
import type { Destination, FunctionRecord, TriggerRecord, VersionRecord } from './cloud/functiongraph/records.ts';
import { AsyncQueue, type FailureReport } from './functiongraph/async-queue.ts';
import type { FunctionHost, FunctionSettings, LogLine } from './functiongraph/function-host.ts';
import type { GatewayRoute } from './functiongraph/gateway.ts';
import { type Invocation, InvocationRefused } from './functiongraph/invocation.ts';
import { makeMessageEvent, type PublishedMessage } from './functiongraph/message-event.ts';
import { makeObjectCloudEvent, type ObjectSubscription, subscribedType } from './functiongraph/object-cloud-event.ts';
import { makeObjectNotification, type ObjectChange, ruleMatches } from './functiongraph/object-notification.ts';
import { Timers, type TimerTrigger } from './functiongraph/timers.ts';

/** One machine is no region. */
const MAX_INSTANCES = 4;

export interface DeployedFunctionsOptions {
  readonly host: FunctionHost;
  readonly region: string;
  readonly regionTimeZone: string;
  /** The account that owns the buckets. */
  readonly ownerId: string;
  /** Where the code with this digest is unpacked. */
  readonly codeFolder: (digest: string) => string | undefined;
  /** Variables that every function has, whatever it was deployed with: where the local services are. */
  readonly variables: Readonly<Record<string, string>>;
  readonly now: () => Date;
  /** From 0 to below 1; for the weights of an alias. */
  readonly random: () => number;
  /** Where asynchronous results go, apart from functions. */
  readonly publish: (topicUrn: string, subject: string, message: string) => void;
  readonly putObject: (bucket: string, key: string, text: string) => Promise<void>;
  readonly onTick: (trigger: TimerTrigger) => void;
  readonly onResult: (functionName: string, result: Invocation, attempt: number) => void;
  readonly onGaveUp: (functionName: string, attempts: number, error: string) => void;
  readonly onTrouble: (error: unknown) => void;
}

interface Deployed {
  readonly record: FunctionRecord;
  readonly trigger: TriggerRecord;
}

/**
 * Runs the functions that were deployed to the local cloud, with their triggers. Those of a version are known to the host by its URN.
 */
export class DeployedFunctions implements FunctionRunner {
  readonly #options: DeployedFunctionsOptions;
  readonly #queue: AsyncQueue;
  /** What the host has, each with the settings it was put there with. */
  readonly #hosted = new Map<string, string>();
  /** By the trigger's id. */
  readonly #timers = new Map<string, Timers>();
  /** Log lines of the requests that somebody waits for. */
  readonly #logs = new Map<string, string[]>();
  #records: readonly FunctionRecord[] = [];

  constructor(options: DeployedFunctionsOptions) {
    this.#options = options;
    this.#queue = new AsyncQueue({
      invoke: (urn, event, requestId, faults) => options.host.invoke(urn, event, requestId, faults),
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
        options.onResult(shortName(urn), result, attempt);
        if (result.ok) this.#send(urn, 'on_success', successReport(urn, event, result, attempt, options.now()));
      },
      onFailure: (urn, report) => {
        const { request_context: request, response_context: response } = report;
        options.onGaveUp(shortName(urn), request.approximate_invoke_count, response.function_error);
        this.#send(urn, 'on_failure', report);
      },
      now: options.now,
    });
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
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
  ): Promise<InvocationResult> {
    const log: string[] = [];
    this.#logs.set(requestId, log);
    try {
      const result = await this.#options.host.invoke(urnOf(record, version.version), event, requestId);
      this.#options.onResult(shortName(urnOf(record, version.version)), result, 1);
      return { ok: result.ok, payload: result.payload, log };
    } finally {
      this.#logs.delete(requestId);
    }
  }

  invokeLater(record: FunctionRecord, version: VersionRecord, event: string): string {
    return this.#queue.enqueue(urnOf(record, version.version), JSON.parse(event));
  }

  /** Hands on a line that a function has logged. */
  log({ requestId, line }: LogLine): void {
    this.#logs.get(requestId)?.push(line);
  }

  /** Something happened to an object. @returns the names of the functions that are told */
  objectChanged(change: ObjectChange): string[] {
    const told: string[] = [];
    for (const deployed of this.#triggers('OBS', 'EVENTGRID')) {
      const event = this.#objectEvent(deployed.trigger, change);
      if (event === undefined) continue;
      told.push(deployed.record.name);
      this.#enqueue(deployed, event);
    }
    return told;
  }

  /** Something was published to a topic. */
  published(message: PublishedMessage): void {
    for (const deployed of this.#triggers('SMN')) {
      if (deployed.trigger.data['topic_urn'] !== message.topicUrn) continue;
      this.#enqueue(
        deployed,
        makeMessageEvent(message, urnOf(deployed.record, deployed.trigger.qualifier), randomUUID()),
      );
    }
  }

  /** What the gateway answers with these functions; it invokes them by the id of the trigger. */
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

  /** Invokes the function behind a route. @throws {InvocationRefused} there is no such route */
  async invokeRoute(triggerId: string, event: string, requestId: string): Promise<Invocation> {
    const deployed = this.#triggers('APIG', 'DEDICATEDGATEWAY').find(({ trigger }) => trigger.id === triggerId);
    if (!deployed) throw new InvocationRefused(`invoke ${triggerId}: there is no such trigger any more`);
    const urn = this.#chosenUrn(deployed);
    const { invocation_type: type } = deployed.trigger.data['func_info'] as { invocation_type?: string };
    if (type !== 'async') {
      const result = await this.#options.host.invoke(urn, event, requestId);
      this.#options.onResult(shortName(urn), result, 1);
      return result;
    }
    this.#queue.enqueue(urn, JSON.parse(event));
    const payload = JSON.stringify({ statusCode: 202, headers: {}, body: '', isBase64Encoded: false });
    return { requestId, ok: true, payload, memoryBytes: 0 };
  }

  /** No trigger fires after this; resolves when what is under way is over. */
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
    const codeFolder = this.#options.codeFolder(code.digest);
    if (codeFolder === undefined) throw new Error(`run ${record.name}: its code is kept nowhere`);
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
        ...this.#options.variables,
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
        regionTimeZone: this.#options.regionTimeZone,
        now: this.#options.now,
        fire: (fired, event) => {
          // As it is by now: the version behind an alias may be another one.
          const deployed = this.#triggers('TIMER').find((candidate) => candidate.trigger.id === id);
          if (!deployed) return;
          this.#options.onTick(fired);
          this.#enqueue(deployed, event);
        },
      });
      timers.start();
      this.#timers.set(id, timers);
    }
  }

  #triggers(...types: readonly string[]): Deployed[] {
    return this.#records.flatMap((record) =>
      record.triggers.filter(({ type }) => types.includes(type)).map((trigger) => ({ record, trigger })),
    );
  }

  #objectEvent({ id, type, data }: TriggerRecord, change: ObjectChange): unknown {
    const { region, ownerId } = this.#options;
    const text = (field: string) => (typeof data[field] === 'string' ? data[field] : '');
    const place = { bucket: text('bucket'), prefix: text('prefix'), suffix: text('suffix') };
    if (type === 'OBS') {
      const events = data['events'] as readonly string[];
      const rule = { ...place, functionName: id, configurationId: text('name'), events };
      return ruleMatches(rule, change) ? makeObjectNotification(change, rule, region, ownerId) : undefined;
    }
    const eventTypes = data['event_types'] as readonly string[];
    const subscription: ObjectSubscription = { ...place, eventTypes, encodesKeys: data['Key_encode'] === true };
    const wanted = subscribedType(subscription, change);
    return wanted === undefined ? undefined : makeObjectCloudEvent(change, wanted, subscription, region, ownerId);
  }

  /** A function with no instances gets nothing: what is over their number is discarded. */
  #enqueue(deployed: Deployed, event: unknown): void {
    if (deployed.record.maxInstances === 0) return;
    try {
      this.#queue.enqueue(this.#chosenUrn(deployed), event);
    } catch (error) {
      this.#options.onTrouble(error);
    }
  }

  #chosenUrn({ record, trigger }: Deployed): string {
    return urnOf(record, chosenVersion(record, trigger.qualifier, this.#options.random));
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
    if (destination) this.#deliver(destination, report).catch(this.#options.onTrouble);
  }

  async #deliver({ destination, param }: Destination, report: object): Promise<void> {
    const target = JSON.parse(param) as { topic_urn: string; func_urn: string; bucket: string; prefix?: string };
    const text = JSON.stringify(report);
    if (destination === 'SMN') this.#options.publish(target.topic_urn, 'FunctionGraph asynchronous invocation', text);
    else if (destination === 'OBS')
      await this.#options.putObject(target.bucket, `${target.prefix ?? ''}${randomUUID()}`, text);
    else this.#enqueueAt(target.func_urn, report);
  }

  #enqueueAt(urn: string, event: object): void {
    const record = this.#records.find((candidate) => `${urn}:`.startsWith(`${urnOf(candidate, '')}:`));
    if (!record) return;
    const qualifier = urn.slice(urnOf(record, '').length + 1);
    this.#queue.enqueue(urnOf(record, chosenVersion(record, qualifier, this.#options.random)), event);
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

/** The name in a URN, with the version unless that is `latest`. */
function shortName(urn: string): string {
  const [name = '', version = 'latest'] = urn.split(':').slice(6);
  return version === 'latest' ? name : `${name}:${version}`;
}

/** What a destination gets of a success (user manual, "Configuring asynchronous notification"): its sample has a count of 0. */
function successReport(urn: string, event: unknown, result: Invocation, attempt: number, now: Date): FailureReport {
  return {
    timestamp: now.toISOString(),
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
