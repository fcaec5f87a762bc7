import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Clock } from '../cloud/clock.ts';
import { buildWorker } from './build-worker.ts';
import { Instance } from './instance.ts';
import { type InvocationFaults, InvocationRefusedError, type InvocationResult, makeFailure } from './invocation.ts';

/** Size limit of event and response after JSON serialization (product description and guide page "Notes and Constraints", 2025-05-14). */
const MAX_BODY_BYTES = 6 * 1024 * 1024;
/** "retried on another instance up to 3 times" (developer guide, "initializer", 2026-07-01). */
const INITIALIZER_RETRIES = 3;

/** The settings of a function, as for a deployment. */
export interface FunctionSettings {
  readonly name: string;
  /** The unpacked package. It is copied out of the project, so that the code cannot find anything else. */
  readonly codeFolder: string;
  /** @default 'index.handler' */
  readonly handler?: string;
  /** If absent, no initializer runs. */
  readonly initializer?: string;
  /** 3 to 259 200 on the platform, where the default is 3. */
  readonly timeoutSeconds: number;
  /** @default 30 */
  readonly initializerTimeoutSeconds?: number;
  /** @default 128 */
  readonly memoryMb?: number;
  readonly userData?: Readonly<Record<string, string>>;
  /** Requests beyond this number of instances wait. The platform allows 400 and discards requests above that. @default 4 */
  readonly maxInstances?: number;
  /** @default 'latest' */
  readonly version?: string;
  /** @default 'default' */
  readonly package?: string;
  /** Without an agency its context has no keys. @default true */
  readonly hasAgency?: boolean;
}

/** A line of a function's log. */
export interface LogLine {
  readonly functionName: string;
  readonly requestId: string;
  /** `platform` for lines that FunctionGraph itself adds. */
  readonly stream: 'stdout' | 'stderr' | 'platform';
  readonly line: string;
}

export interface FunctionHostOptions {
  readonly projectId: string;
  /** The agency's temporary keys. */
  readonly credentials: { readonly accessKey: string; readonly secretKey: string; readonly securityToken: string };
  readonly onLog: (line: LogLine) => void;
  /** The time of the functions, which runs at normal speed during an invocation. @default real time */
  readonly clock?: Clock;
  /** What happens to the next invocation of a function instead of its code: `fail` or `timeout`; undefined: nothing. Asked once for each. */
  readonly faultOf?: (functionName: string) => string | undefined;
  /** An instance without requests for this long is removed (user manual, faq 0820: about one minute). @default 60000 */
  readonly idleMs?: number;
}

const NO_KEYS = { accessKey: '', secretKey: '', securityToken: '' };

interface Hosted {
  readonly settings: FunctionSettings;
  readonly folder: string;
  /** It was replaced: requests in progress are finished, and no instance is kept. */
  isReplaced: boolean;
  readonly instances: Set<Instance>;
  readonly idle: Map<Instance, NodeJS.Timeout>;
  readonly waiting: (() => void)[];
}

/** Runs functions in separate processes; each instance handles one request at a time. */
export class FunctionHost {
  readonly #options: FunctionHostOptions;
  readonly #clock: Clock;
  readonly #root: string;
  readonly #functions = new Map<string, Hosted>();
  readonly #replaced = new Set<Hosted>();
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  private constructor(options: FunctionHostOptions, root: string) {
    this.#options = options;
    this.#clock = options.clock ?? new Clock();
    this.#root = root;
  }

  /**
   * Copies the code of each function to its own folder under the system's temporary folder, as `code` in the working directory.
   *
   * @throws when a code folder cannot be read
   */
  static async start(functions: readonly FunctionSettings[], options: FunctionHostOptions): Promise<FunctionHost> {
    const root = await mkdtemp(path.join(tmpdir(), 'functiongraph-'));
    await buildWorker(path.join(root, 'worker.cjs'));
    const host = new FunctionHost(options, root);
    for (const settings of functions) await host.put(settings.name, settings);
    return host;
  }

  /**
   * Adds or replaces a function: requests in progress are finished by the old code, and new ones get new instances.
   *
   * @param key the key for invoking it
   * @throws when the code folder cannot be read
   */
  async put(key: string, settings: FunctionSettings): Promise<void> {
    const folder = await mkdtemp(path.join(this.#root, `${settings.name}-`));
    await cp(settings.codeFolder, path.join(folder, 'code'), { recursive: true });
    this.remove(key);
    const empty = { instances: new Set<Instance>(), idle: new Map<Instance, NodeJS.Timeout>(), waiting: [] };
    this.#functions.set(key, { settings, folder, isReplaced: false, ...empty });
  }

  /** Removes a function; requests in progress are finished. Does nothing if it does not exist. */
  remove(key: string): void {
    const hosted = this.#functions.get(key);
    if (!hosted) return;
    this.#functions.delete(key);
    hosted.isReplaced = true;
    this.#replaced.add(hosted);
    for (const [instance, timer] of hosted.idle) {
      clearTimeout(timer);
      void instance.kill();
    }
    hosted.idle.clear();
  }

  /** The current number of instances of a function, busy or idle; 0 if it does not exist. */
  instanceCount(key: string): number {
    return this.#functions.get(key)?.instances.size ?? 0;
  }

  /**
   * Runs a function once and waits for the result, which also reports failures.
   *
   * @param event JSON, at most 6 MB
   * @param faults the faults to inject
   * @throws {InvocationRefusedError} when the function does not exist, the event exceeds the limit, or the host is closed
   */
  async invoke(
    key: string,
    event: string,
    requestId: string = randomUUID(),
    faults: InvocationFaults = {},
  ): Promise<InvocationResult> {
    const hosted = this.#functions.get(key);
    if (!hosted) throw new InvocationRefusedError(`invoke ${key}: the function does not exist`);
    if (this.#closed) throw new InvocationRefusedError(`invoke ${key}: the local FunctionGraph is closed`);
    const bytes = Buffer.byteLength(event);
    if (bytes > MAX_BODY_BYTES) {
      throw new InvocationRefusedError(`invoke ${key}: the event has ${bytes} bytes; the limit is ${MAX_BODY_BYTES}`);
    }
    const { name, timeoutSeconds } = hosted.settings;
    const fault = this.#options.faultOf?.(name);
    if (fault !== undefined) return this.#failInstead(fault, name, requestId, timeoutSeconds);
    const running = this.#clock.during(() => this.#run(hosted, event, requestId, faults));
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Kills all instances immediately; requests in progress fail. Removes the copied code. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const hosted of [...this.#functions.values(), ...this.#replaced]) {
      for (const timer of hosted.idle.values()) clearTimeout(timer);
      await Promise.all([...hosted.instances].map((instance) => instance.kill()));
      for (const wake of hosted.waiting.splice(0)) wake();
    }
    await Promise.allSettled(this.#running);
    await rm(this.#root, { recursive: true, force: true });
  }

  /** Fails as the platform does when the process dies, or does not respond within the timeout. */
  async #failInstead(fault: string, name: string, requestId: string, seconds: number): Promise<InvocationResult> {
    const isTimeout = fault === 'timeout';
    if (isTimeout)
      await new Promise<void>((resolve) => void this.#clock.at(this.#clock.now() + seconds * 1000, resolve));
    const failure = makeFailure({
      requestId,
      ...(isTimeout
        ? { cause: 'timed_out', errorMessage: `invoke: timed out after ${seconds} s`, errorType: 'TimedOut' }
        : {
            cause: 'code_error',
            errorMessage: 'invoke: the process of the function was terminated by SIGKILL',
            errorType: 'ProcessExited',
          }),
      memoryBytes: 0,
    });
    const line = `${failure.cause}: ${failure.errorMessage}`;
    this.#options.onLog({ functionName: name, requestId, stream: 'platform', line });
    return failure;
  }

  async #run(hosted: Hosted, event: string, requestId: string, faults: InvocationFaults): Promise<InvocationResult> {
    const { name, version = 'latest' } = hosted.settings;
    const log = (line: string) => this.#options.onLog({ functionName: name, requestId, stream: 'platform', line });
    const first = await this.#takeInstance(hosted);
    log(`Start invoke request '${requestId}', version: ${version}`);
    const startedAt = performance.now();
    const result = first ? await this.#runOn(hosted, first, event, requestId, faults) : closedResult(requestId);

    if (!result.ok) log(`${result.cause}: ${result.errorMessage}`);
    const ms = performance.now() - startedAt;
    const memory = (result.memoryBytes / 1024 / 1024).toFixed(3);
    log(
      `Finish invoke request '${requestId}', duration: ${ms.toFixed(3)}ms, billing duration: ${Math.ceil(ms)}ms, memory used: ${memory}MB`,
    );
    return result;
  }

  async #runOn(
    hosted: Hosted,
    first: Instance,
    event: string,
    requestId: string,
    faults: InvocationFaults,
  ): Promise<InvocationResult> {
    let instance = first;
    let failure = await instance.prepare(requestId);
    for (let retry = 0; failure && retry < INITIALIZER_RETRIES && !this.#closed; retry++) {
      await instance.kill();
      if (failure.cause !== 'initialization_failed') return failure;
      instance = this.#addInstance(hosted);
      failure = await instance.prepare(requestId);
    }
    if (failure) {
      await instance.kill();
      return failure;
    }
    const result = limitResponse(await instance.invoke(requestId, event, faults));
    this.#release(hosted, instance);
    return result;
  }

  /** An idle or new instance; waits if the limit is reached. `undefined` when the host was closed in the meantime. */
  async #takeInstance(hosted: Hosted): Promise<Instance | undefined> {
    for (;;) {
      if (this.#closed) return undefined;
      for (const [instance, timer] of hosted.idle) {
        clearTimeout(timer);
        hosted.idle.delete(instance);
        if (instance.alive) return instance;
      }
      if (hosted.instances.size < (hosted.settings.maxInstances ?? 4)) return this.#addInstance(hosted);
      await new Promise<void>((resolve) => hosted.waiting.push(resolve));
    }
  }

  #addInstance(hosted: Hosted): Instance {
    const { settings, folder } = hosted;
    const { credentials, projectId, onLog } = this.#options;
    const instance = new Instance({
      workerFile: path.join(this.#root, 'worker.cjs'),
      folder,
      handler: settings.handler ?? 'index.handler',
      ...(settings.initializer === undefined ? {} : { initializer: settings.initializer }),
      initializerTimeoutSeconds: settings.initializerTimeoutSeconds ?? 30,
      facts: {
        functionName: settings.name,
        version: settings.version ?? 'latest',
        package: settings.package ?? 'default',
        alias: '',
        projectId,
        memoryMb: settings.memoryMb ?? 128,
        cpuNumber: 1,
        timeoutSeconds: settings.timeoutSeconds,
        ...(settings.hasAgency === false ? NO_KEYS : credentials),
        userData: settings.userData ?? {},
      },
      clockOffsetMs: () => this.#clock.offsetMs,
      onLog: (requestId, stream, line) => onLog({ functionName: settings.name, requestId, stream, line }),
    });
    hosted.instances.add(instance);
    instance.onExit(() => {
      clearTimeout(hosted.idle.get(instance));
      hosted.idle.delete(instance);
      hosted.instances.delete(instance);
      if (hosted.isReplaced && hosted.instances.size === 0 && hosted.waiting.length === 0)
        this.#replaced.delete(hosted);
      hosted.waiting.shift()?.();
    });
    return instance;
  }

  #release(hosted: Hosted, instance: Instance): void {
    if (!instance.alive || this.#closed) return;
    if (hosted.isReplaced && hosted.waiting.length === 0) {
      void instance.kill();
      return;
    }
    const remove = () => {
      hosted.idle.delete(instance);
      void instance.kill();
    };
    const timer = setTimeout(remove, this.#options.idleMs ?? 60_000);
    timer.unref();
    hosted.idle.set(instance, timer);
    hosted.waiting.shift()?.();
  }
}

function limitResponse(result: InvocationResult): InvocationResult {
  const bytes = Buffer.byteLength(result.payload);
  if (!result.ok || bytes <= MAX_BODY_BYTES) return result;
  return makeFailure({
    requestId: result.requestId,
    cause: 'code_error',
    errorMessage: `the response has ${bytes} bytes; the limit is ${MAX_BODY_BYTES}`,
    errorType: 'ResponseTooLarge',
    memoryBytes: result.memoryBytes,
  });
}

function closedResult(requestId: string): InvocationResult {
  const errorMessage = 'the local FunctionGraph was closed';
  return makeFailure({ requestId, cause: 'system_error', errorMessage, errorType: 'Closed', memoryBytes: 0 });
}
