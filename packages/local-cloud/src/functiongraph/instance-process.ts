import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type OutputLines, readOutputLines } from './output-lines.ts';
import type { HostMessage, InstanceMessage } from './protocol.ts';

export interface InstanceProcessOptions {
  /** The bundled worker program. */
  readonly workerFile: string;
  /** The working directory: above the code, as on the platform. */
  readonly cwd: string;
  /** The complete environment of the process: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** The outcome of a message: a reply, a timeout, or the end of the process. */
export type ProcessReply =
  | { readonly kind: 'reply'; readonly message: InstanceMessage }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'exited'; readonly how: string };

/** A process that runs a function's code. It handles one message at a time. */
export class InstanceProcess {
  readonly #child: ChildProcess;
  readonly #outputs: readonly OutputLines[];
  readonly #exited: Promise<string>;
  #alive = true;

  constructor(options: InstanceProcessOptions) {
    this.#child = fork(options.workerFile, [], {
      cwd: options.cwd,
      env: { ...options.env },
      execArgv: [],
      serialization: 'json',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const { stdout, stderr } = this.#child;
    if (!stdout || !stderr) throw new Error(`start ${options.workerFile}: the process has no stdout or stderr`);
    this.#outputs = [
      readOutputLines(stdout, (line) => options.onOutput('stdout', line)),
      readOutputLines(stderr, (line) => options.onOutput('stderr', line)),
    ];
    this.#exited = new Promise((resolve) => {
      // 'close' comes after all output, 'error' when the process could not be started.
      this.#child.once('close', (code, signal) => {
        this.#alive = false;
        resolve(signal ? `was terminated by ${signal}` : `exited with code ${code}`);
      });
      this.#child.once('error', (error) => {
        this.#alive = false;
        resolve(`could not be started: ${error.message}`);
      });
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Calls `listener` once, when the process is gone. */
  onExit(listener: () => void): void {
    this.#exited.then(listener, listener);
  }

  /** Sends a message and waits for its reply and all output that belongs to it. On timeout the process is killed. */
  async ask(message: HostMessage, timeoutMs: number): Promise<ProcessReply> {
    const stop = new AbortController();
    const replied = this.#waitForReply(message.requestId, stop.signal);
    const exited = this.#exited.then((how): ProcessReply => ({ kind: 'exited', how }));
    const timedOut = new Promise<ProcessReply>((resolve) => {
      const timer = setTimeout(() => resolve({ kind: 'timed_out' }), timeoutMs);
      stop.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    if (this.#child.connected) this.#child.send(message, () => undefined);
    const first = await Promise.race([replied, exited, timedOut]);
    stop.abort();
    if (first.kind === 'timed_out') await this.kill();
    return first;
  }

  /** Kills the process; resolves when it has ended and its output was passed on. */
  async kill(): Promise<void> {
    if (this.#alive) this.#child.kill('SIGKILL');
    await this.#exited;
  }

  async #waitForReply(requestId: string, signal: AbortSignal): Promise<ProcessReply> {
    try {
      const [message] = (await once(this.#child, 'message', { signal })) as [InstanceMessage];
      await Promise.all(this.#outputs.map((output) => output.endOf(requestId)));
      return { kind: 'reply', message };
    } catch {
      // Aborted: the timeout or the end of the process is reported by the other two promises.
      return new Promise(() => undefined);
    }
  }
}
