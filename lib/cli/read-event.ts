import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { AppError, EventError } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { CommandContext } from './command-line.ts';

/** More than FunctionGraph accepts: 6 MB, serialised (user guide, "Notes and Constraints"). */
const MAX_CHARACTERS = 8 * 1024 * 1024;

/**
 * Reads a file, or standard input for `-`.
 *
 * @throws {AppError} `unreadable` if it can't be read or is too long to be an event
 */
export async function readInput(name: string, { cwd, stdin }: Pick<CommandContext, 'cwd' | 'stdin'>): Promise<string> {
  let given: string;
  try {
    given = await (name === '-' ? text(stdin) : readFile(resolve(cwd, name), 'utf8'));
  } catch (cause) {
    const code = isRecord(cause) && typeof cause['code'] === 'string' ? cause['code'] : 'unknown error';
    const what = code === 'ENOENT' ? 'file not found' : `could not be read: ${code}`;
    throw new AppError('unreadable', `read ${nameOf(name)}: ${what}`, { cause });
  }
  if (given.length <= MAX_CHARACTERS) return given;
  throw new AppError(
    'unreadable',
    `read ${nameOf(name)}: more than ${MAX_CHARACTERS} characters, too long to be an event`,
  );
}

/**
 * Reads an event as the platform would pass it: any JSON value. Whether it is an event of a known kind is not checked.
 *
 * @throws {AppError} as `readInput` @throws {EventError} if it is not valid JSON
 */
export async function readEventFile(name: string, context: Pick<CommandContext, 'cwd' | 'stdin'>): Promise<unknown> {
  // Some editors start a file with a byte order mark.
  const given = (await readInput(name, context)).replace(/^\uFEFF/, '');
  try {
    return JSON.parse(given) as unknown;
  } catch {
    // No cause: it would quote the event.
    throw new EventError('', given.trim() === '' ? 'nothing' : 'malformed JSON', `an event in JSON in ${nameOf(name)}`);
  }
}

function nameOf(name: string): string {
  return name === '-' ? 'standard input' : name;
}
