/**
 * The program of an instance's process. It is bundled into one CommonJS file, so that only Node.js and the function's own code run there. The
 * function's output goes to this process's stdout and stderr.
 */
import { createRequire } from 'node:module';
import { countAwaits } from './await-counter.ts';
import { moveDate } from './moved-date.ts';
import { endMarker, type HostMessage, type InstanceFacts, type InstanceMessage } from './protocol.ts';
import { runHandler, runInitializer } from './run-export.ts';
import { type ContextRequest, FunctionContext } from './worker-context.ts';

type Export = (...args: unknown[]) => unknown;

// Saved before the function's code is loaded, because it may replace them.
const writeOut = process.stdout.write.bind(process.stdout);
const writeErr = process.stderr.write.bind(process.stderr);
const send = process.send?.bind(process);
const moved = moveDate();
const { now } = moved;
const kill = process.kill.bind(process);
const { pid } = process;

let facts: InstanceFacts | undefined;
let handler: Export | undefined;
let initializer: Export | undefined;

function makeContext(request: ContextRequest): FunctionContext {
  if (!facts) throw new Error('create a context: the function is not loaded');
  return new FunctionContext(facts, request, { now, print: (line) => void writeOut(`${line}\n`) });
}

function load(message: HostMessage & { kind: 'load' }): void {
  facts = message.facts;
  const exports = createRequire(message.file)(message.file) as Record<string, unknown>;
  handler = findExport(exports, message.handler);
  initializer = message.initializer === null ? undefined : findExport(exports, message.initializer);
}

function findExport(exports: Record<string, unknown>, name: string): Export {
  const found = exports[name];
  if (typeof found !== 'function') throw new Error(`the code exports no function "${name}"`);
  return found as Export;
}

async function perform(message: HostMessage): Promise<string> {
  if (message.kind === 'load') {
    load(message);
    return '';
  }
  const context = makeContext(message);
  if (message.kind === 'initialize') {
    if (initializer) await runInitializer(initializer, context);
    return '';
  }
  if (!handler) throw new Error('invoke: the function is not loaded');
  const warn = (text: string) => context.getLogger().warn(text);
  const result = await runHandler(handler, JSON.parse(message.event), context, warn);
  return JSON.stringify(result) ?? '';
}

/** Counts awaits, and kills or freezes the process if requested, as abruptly as the platform would. */
function watchAwaits(message: HostMessage): { stop(): number } | undefined {
  if (message.kind !== 'invoke') return undefined;
  const { countAwaits: isCounted, killAtAwait, freezeAtAwait } = message;
  if (!isCounted && killAtAwait === undefined && freezeAtAwait === undefined) return undefined;
  return countAwaits((awaits) => {
    if (awaits === killAtAwait) kill(pid, 'SIGKILL');
    if (awaits === freezeAtAwait) kill(pid, 'SIGSTOP');
  });
}

function describe(error: unknown): { errorMessage: string; errorType: string } {
  if (error instanceof Error) return { errorMessage: error.message, errorType: error.name };
  return {
    errorMessage: typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error)),
    errorType: typeof error,
  };
}

async function handle(message: HostMessage): Promise<void> {
  moved.setOffset(message.clockOffsetMs);
  let done: InstanceMessage;
  const watched = watchAwaits(message);
  const counted = () => (watched ? { awaits: watched.stop() } : {});
  try {
    const result = await perform(message);
    done = { kind: 'done', ok: true, result, memoryBytes: process.memoryUsage().rss, ...counted() };
  } catch (error) {
    if (error instanceof Error) writeErr(`${error.stack}\n`);
    done = { kind: 'done', ok: false, ...describe(error), memoryBytes: process.memoryUsage().rss, ...counted() };
  }
  // Both are pipes, to which Node.js writes synchronously on POSIX systems, so no output comes after its marker.
  writeOut(endMarker(message.requestId));
  writeErr(endMarker(message.requestId));
  send?.(done);
}

process.on('message', (message: HostMessage) => {
  handle(message).catch((error: unknown) => {
    writeErr(`${String(error)}\n`);
    process.exit(70);
  });
});

// Ctrl-C reaches all processes of a terminal; only the host decides when an instance ends.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
