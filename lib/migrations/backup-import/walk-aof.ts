import { BytesCursor, EndOfBytes } from './bytes-cursor.ts';

/** What the first bytes of an append-only file show, or of what follows its RDB preamble. */
export interface AofSeen {
  /** Those that have a command within what was read. */
  readonly databases: ReadonlySet<number>;
  /** Something is there that is not a command. */
  readonly isMangled: boolean;
}

/** Walks from command to command as far as they go. An append-only file may end within one: Redis leaves that one out. */
export function walkAof(bytes: Buffer): AofSeen {
  const cursor = new BytesCursor(bytes);
  const databases = new Set<number>();
  let database = 0;
  try {
    while (!cursor.isOver) {
      const line = cursor.until('\n').toString('latin1');
      // An annotation, such as "#TS:1700000000".
      if (line.startsWith('#')) continue;
      const [, count] = /^\*(\d+)\r$/.exec(line) ?? [];
      if (count === undefined) return { databases, isMangled: true };
      const [command, first] = readArguments(cursor, Number(count));
      if (command?.toUpperCase() === 'SELECT') database = Number(first);
      else databases.add(database);
    }
    return { databases, isMangled: false };
  } catch (error) {
    if (error instanceof EndOfBytes) return { databases, isMangled: false };
    if (error instanceof NotACommand) return { databases, isMangled: true };
    throw error;
  }
}

class NotACommand extends Error {}

/** Only the first ones are of use. */
const USED_ARGUMENTS = 2;

function readArguments(cursor: BytesCursor, count: number): string[] {
  const used: string[] = [];
  for (let i = 0; i < count; i++) {
    const [, length] = /^\$(\d+)\r$/.exec(cursor.until('\n').toString('latin1')) ?? [];
    if (length === undefined) throw new NotACommand();
    const argument = cursor.take(Number(length));
    if (cursor.take(2).toString('latin1') !== '\r\n') throw new NotACommand();
    if (i < USED_ARGUMENTS) used.push(argument.toString('latin1'));
  }
  return used;
}
