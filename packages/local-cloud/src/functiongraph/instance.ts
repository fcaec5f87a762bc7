import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { InstanceProcess, type ProcessReply } from './instance-process.ts';
import {
  type Failure,
  type FailureCause,
  type InvocationFaults,
  type InvocationResult,
  makeFailure,
} from './invocation.ts';
import type { HostRequest, InstanceFacts } from './protocol.ts';

/** Loading the code has no documented timeout; this one prevents a hanging module from blocking everything. */
const LOAD_TIMEOUT_MS = 30_000;

export interface InstanceOptions {
  readonly workerFile: string;
  /** The working directory, with the unpacked package in `code`. */
  readonly folder: string;
  /** `file.export`, as in the function's settings. */
  readonly handler: string;
  readonly initializer?: string;
  readonly initializerTimeoutSeconds: number;
  readonly facts: InstanceFacts;
  /** How far the function's clock is ahead of real time, in ms. */
  readonly clockOffsetMs: () => number;
  readonly onLog: (requestId: string, stream: 'stdout' | 'stderr', line: string) => void;
}

/** An instance of a function: a process that loads the code, runs the initializer once, and then handles one event at a time. */
export class Instance {
  readonly #options: InstanceOptions;
  readonly #process: InstanceProcess;
  #requestId = '';
  #ready = false;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.#process = new InstanceProcess({
      workerFile: options.workerFile,
      cwd: options.folder,
      env: instanceEnvironment(options),
      onOutput: (stream, line) => options.onLog(this.#requestId, stream, line),
    });
  }

  get alive(): boolean {
    return this.#process.alive;
  }

  onExit(listener: () => void): void {
    this.#process.onExit(listener);
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Loads the code and runs the initializer, unless already done. @returns the failure, or `undefined` when it is ready */
  async prepare(requestId: string): Promise<Failure | undefined> {
    if (this.#ready) return undefined;
    this.#requestId = requestId;
    const { file, name } = splitEntry(this.#options.handler);
    const initializer = this.#options.initializer ? splitEntry(this.#options.initializer).name : null;
    const loaded = await this.#ask(
      {
        kind: 'load',
        requestId,
        facts: this.#options.facts,
        file: path.join(this.#options.folder, 'code', file),
        handler: name,
        initializer,
      },
      LOAD_TIMEOUT_MS,
    );
    if (!isDone(loaded)) return describeFailure(requestId, loaded, 'load_failed', 'load the code', LOAD_TIMEOUT_MS);

    if (initializer !== null) {
      const timeoutMs = this.#options.initializerTimeoutSeconds * 1000;
      const initializerRequest = randomUUID();
      const reply = await this.#ask({ kind: 'initialize', requestId: initializerRequest, timeoutMs }, timeoutMs);
      if (!isDone(reply)) return describeFailure(requestId, reply, 'initialization_failed', 'initialize', timeoutMs);
    }
    this.#ready = true;
    return undefined;
  }

  /** Runs the handler with an event (JSON). After a timeout the instance is gone. */
  async invoke(requestId: string, event: string, faults: InvocationFaults = {}): Promise<InvocationResult> {
    this.#requestId = requestId;
    const { timeoutMs = this.#options.facts.timeoutSeconds * 1000, ...watched } = faults;
    const reply = await this.#ask({ kind: 'invoke', requestId, timeoutMs, event, ...watched }, timeoutMs);
    const awaits = reply.kind === 'reply' ? reply.message.awaits : undefined;
    const counted = awaits === undefined ? {} : { awaits };
    if (reply.kind === 'reply' && reply.message.ok) {
      const { result, memoryBytes } = reply.message;
      return { requestId, ok: true, payload: result, memoryBytes, ...counted };
    }
    return { ...describeFailure(requestId, reply, 'code_error', 'invoke', timeoutMs), ...counted };
  }

  #ask(message: HostRequest, timeoutMs: number): Promise<ProcessReply> {
    return this.#process.ask({ ...message, clockOffsetMs: this.#options.clockOffsetMs() }, timeoutMs);
  }
}

/** `index.handler` → file `index`, export `handler`; the file may be in a folder. */
function splitEntry(entry: string): { file: string; name: string } {
  const dot = entry.lastIndexOf('.');
  if (dot <= 0) throw new Error(`read the handler setting "${entry}": expected file.export, for example index.handler`);
  return { file: entry.slice(0, dot), name: entry.slice(dot + 1) };
}

function isDone(reply: ProcessReply): boolean {
  return reply.kind === 'reply' && reply.message.ok;
}

function describeFailure(
  requestId: string,
  reply: ProcessReply,
  cause: FailureCause,
  what: string,
  timeoutMs: number,
): Failure {
  const failed = (because: FailureCause, errorMessage: string, errorType: string, memoryBytes = 0) =>
    makeFailure({ requestId, cause: because, errorMessage, errorType, memoryBytes });
  if (reply.kind === 'timed_out') {
    const because = cause === 'code_error' ? 'timed_out' : cause;
    return failed(because, `${what}: timed out after ${timeoutMs / 1000} s`, 'TimedOut');
  }
  if (reply.kind === 'exited')
    return failed(cause, `${what}: the process of the function ${reply.how}`, 'ProcessExited');
  if (reply.message.ok) throw new Error(`${what}: expected a failure`);
  return failed(cause, reply.message.errorMessage, reply.message.errorType, reply.message.memoryBytes);
}

/**
 * The preset variables listed in the user manual (functiongraph_01_0154, 2025-10-25), and a path. `RUNTIME_USERDATA` is deliberately left out: a
 * function must read its variables, which may be secrets, with `getUserData`.
 */
function instanceEnvironment(options: InstanceOptions): Record<string, string> {
  const { facts, folder } = options;
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    RUNTIME_PROJECT_ID: facts.projectId,
    RUNTIME_FUNC_NAME: facts.functionName,
    RUNTIME_FUNC_VERSION: facts.version,
    RUNTIME_PACKAGE: facts.package,
    RUNTIME_HANDLER: options.handler,
    RUNTIME_TIMEOUT: String(facts.timeoutSeconds),
    RUNTIME_CPU: String(facts.cpuNumber),
    RUNTIME_MEMORY: String(facts.memoryMb),
    RUNTIME_MAX_RESP_BODY_SIZE: '6291456',
    RUNTIME_INITIALIZER_HANDLER: options.initializer ?? '',
    RUNTIME_INITIALIZER_TIMEOUT: String(options.initializerTimeoutSeconds),
    RUNTIME_ROOT: folder,
    RUNTIME_CODE_ROOT: path.join(folder, 'code'),
    RUNTIME_LOG_DIR: path.join(folder, 'log'),
  };
}
