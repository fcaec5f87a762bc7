import { plainLines } from './plain-text.ts';
import { HIDDEN, type Redactor } from './redactor.ts';
import { LOG_LEVELS, type LogLevel } from './settings.ts';

type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes JSON lines; `with` returns a logger that adds its fields to each line. A line contains no known secret and no character that could
 * change how it is displayed. Strings are cut after 8 Ki characters.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  with(fields: LogFields): Logger;
}

/** Names whose values are secrets. */
export const SECRET_KEY = /passw|secret|token|authori[sz]ation|credential|signature|^(sk|ak)$|access_?key/i;
/** Far longer than any message of ours or of a service: a longer string came from outside. */
const MAX_TEXT = 8 * 1024;

/** An error as plain fields, including its causes. Contains no request, response or other object of the SDK. */
function describeError(error: unknown, depth = 0): LogFields {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, code } = error as Error & { code?: unknown };
  return {
    name,
    message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(depth === 0 && error.stack ? { stack: error.stack.split('\n').slice(1, 8).join('\n') } : {}),
    ...(error.cause !== undefined && depth < 4 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly redactor: Redactor;
  readonly fields: LogFields;
  /** Receives each finished line. Default: standard output. */
  readonly write?: (line: string, level: LogLevel) => void;
  readonly now?: () => Date;
}

export function makeLogger(options: LoggerOptions): Logger {
  const { level, redactor, fields, now = () => new Date() } = options;
  const write = options.write ?? ((line: string) => console.log(line));
  const log =
    (at: LogLevel) =>
    (message: string, more: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(at) < LOG_LEVELS.indexOf(level)) return;
      const line = { time: now().toISOString(), level: at, message, ...fields, ...more };
      write(JSON.stringify(line, printable(redactor)), at);
    };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    with: (more) => makeLogger({ ...options, fields: { ...fields, ...more } }),
  };
}

/** A JSON replacer that makes values safe to log. Keys are ours, and need no escaping. */
function printable(redactor: Redactor): (key: string, value: unknown) => unknown {
  return (key, value) => {
    if (value instanceof Error) return describeError(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'string') return value;
    if (SECRET_KEY.test(key)) return HIDDEN;
    const text = plainLines(redactor.text(value));
    return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
  };
}
