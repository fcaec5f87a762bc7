import { format } from 'node:util';
import type { InstanceFacts } from './protocol.ts';

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
type Level = (typeof LEVELS)[number];

/** Longer log messages are split into pieces of this many bytes (runtime `logger.js`, 2026-07-01). */
const MAX_LOG_TEXT_BYTES = 90 * 1024;

/** An invocation, as visible through its context. */
export interface ContextRequest {
  readonly requestId: string;
  readonly timeoutMs: number;
}

/** What the context needs from its process. */
export interface ContextProcess {
  readonly now: () => number;
  /** Prints a line, given without the line break. */
  readonly print: (line: string) => void;
}

/**
 * The logger of `context.getLogger()`: lines `time requestId LEVEL text`, from `INFO` up unless changed by `setLevel`
 * (FunctionGraph developer guide, Node.js SDK; runtime `logger.js`, 2026-07-01).
 */
export class ContextLogger {
  #level: Level = 'INFO';
  readonly #requestId: string;
  readonly #process: ContextProcess;

  constructor(requestId: string, process: ContextProcess) {
    this.#requestId = requestId;
    this.#process = process;
  }

  /** An unknown level changes nothing. */
  setLevel(level: string): void {
    const known = LEVELS.find((name) => name === level);
    if (known) this.#level = known;
  }

  debug(...args: unknown[]): void {
    this.#write('DEBUG', args);
  }

  info(...args: unknown[]): void {
    this.#write('INFO', args);
  }

  warn(...args: unknown[]): void {
    this.#write('WARN', args);
  }

  error(...args: unknown[]): void {
    this.#write('ERROR', args);
  }

  #write(level: Level, args: unknown[]): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.#level)) return;
    const start = `${new Date(this.#process.now()).toISOString()} ${this.#requestId} ${level}`;
    for (const piece of splitText(format(...args))) this.#process.print(`${start} ${piece}`);
  }
}

/** Pieces of at most 90 KiB of UTF-8, without splitting characters. */
function splitText(text: string): string[] {
  if (Buffer.byteLength(text) <= MAX_LOG_TEXT_BYTES) return [text];
  const pieces: string[] = [];
  let piece = '';
  let bytes = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (bytes + size > MAX_LOG_TEXT_BYTES) {
      pieces.push(piece);
      piece = '';
      bytes = 0;
    }
    piece += character;
    bytes += size;
  }
  pieces.push(piece);
  return pieces;
}

/**
 * The context that FunctionGraph gives a Node.js function: only the documented methods
 * (FunctionGraph developer guide, "SDK APIs" for Node.js; runtime `context.js`, 2026-07-01). Memory and CPU are strings, as there.
 */
export class FunctionContext {
  readonly #facts: InstanceFacts;
  readonly #request: ContextRequest;
  readonly #deadline: number;
  readonly #process: ContextProcess;
  readonly #logger: ContextLogger;

  constructor(facts: InstanceFacts, request: ContextRequest, process: ContextProcess) {
    this.#facts = facts;
    this.#request = request;
    this.#process = process;
    this.#deadline = process.now() + request.timeoutMs;
    this.#logger = new ContextLogger(request.requestId, process);
  }

  getRequestID(): string {
    return this.#request.requestId;
  }

  /** May be negative shortly before the instance is killed. */
  getRemainingTimeInMilliSeconds(): number {
    return this.#deadline - this.#process.now();
  }

  /** The configured timeout, despite its name. Sources differ on the unit; this uses seconds, like the name. */
  getRunningTimeInSeconds(): number {
    return this.#facts.timeoutSeconds;
  }

  /** `undefined` when the variable does not exist. */
  getUserData(key: string): string | undefined {
    return Object.hasOwn(this.#facts.userData, key) ? this.#facts.userData[key] : undefined;
  }

  getFunctionName(): string {
    return this.#facts.functionName;
  }

  getVersion(): string {
    return this.#facts.version;
  }

  getPackage(): string {
    return this.#facts.package;
  }

  getAlias(): string {
    return this.#facts.alias;
  }

  getProjectID(): string {
    return this.#facts.projectId;
  }

  getMemorySize(): string {
    return String(this.#facts.memoryMb);
  }

  getCPUNumber(): string {
    return String(this.#facts.cpuNumber);
  }

  getSecurityAccessKey(): string {
    return this.#facts.accessKey;
  }

  getSecuritySecretKey(): string {
    return this.#facts.secretKey;
  }

  getSecurityToken(): string {
    return this.#facts.securityToken;
  }

  /** No longer maintained by the platform: returns no credentials. */
  getAccessKey(): string {
    return '';
  }

  /** No longer maintained by the platform: returns no credentials. */
  getSecretKey(): string {
    return '';
  }

  /** An IAM token of the agency. Empty here, because the local cloud accepts only signed requests. */
  getToken(): string {
    return '';
  }

  getLogger(): ContextLogger {
    return this.#logger;
  }

  getWorkflowID(): string {
    return '';
  }

  getWorkflowRunID(): string {
    return '';
  }

  getWorkflowStateID(): string {
    return '';
  }
}
