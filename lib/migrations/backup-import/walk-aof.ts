import { BytesCursor, EndOfBytes } from './bytes-cursor.ts';

/** What was read from the first bytes of an append-only file, or from those after its RDB preamble. */
export interface AofSeen {
  /** The databases of the commands that were read. */
  readonly databases: ReadonlySet<number>;
  /** There is data that is not a command. */
  readonly isMangled: boolean;
}

/** Walks through the commands. An append-only file may end within a command, which Redis ignores. */
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

/** How many arguments are used: the first ones. */
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
