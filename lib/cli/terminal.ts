import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { plainJson, plainLines } from '../kernel/plain-text.ts';
import { UsageError } from './usage-error.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong' | 'plain';

/** The streams of a process. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A command's output: results go to stdout, everything else to stderr, so that a result can be piped. Control characters and bidirectional
 * overrides in a text are neutralised; only `paint` sets colours.
 */
export interface Terminal {
  /** Is `--json` set? */
  readonly json: boolean;
  /** How many characters a line of the result may have; infinite if it does not go to a terminal. */
  readonly width: number;
  /** Colours a text; returns it unchanged if colours are off. */
  paint(tone: Tone, text: string): string;
  /** Prints the one result of a command: JSON with `--json`, else the lines. */
  result(value: unknown, lines: () => readonly string[]): void;
  /** Prints one of many results as it arrives: one line, JSON with `--json`. */
  item(value: unknown, line: () => string): void;
  /** Prints something other than the result, to stderr. */
  note(text: string): void;
  /** Prints context for a person, to stderr; nothing if stderr is not a terminal. */
  aside(text: string): void;
  /** Shows what is being done, on a terminal only, until the next output replaces it. */
  progress(text: string): void;
  /** @returns false unless the person says yes @throws {UsageError} without `yes` if nobody can be asked, or there is no answer */
  confirm(question: string, options: { readonly yes?: boolean | undefined }): Promise<boolean>;
  /** Asks a person; returns the fallback for an empty answer. @throws {UsageError} if nobody can be asked, or there is no answer */
  ask(question: string, fallback: string): Promise<string>;
}

const STYLES = { good: 'green', bad: 'red', warn: 'yellow', dim: 'dim', strong: 'bold' } as const;
const CLEAR_LINE = '\r\u001b[K';

export function makeTerminal({ stdin, stdout, stderr, env }: Streams, json: boolean): Terminal {
  // https://no-color.org: any non-empty value turns colours off.
  const colours = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const showsProgress = stderr.isTTY === true && env['TERM'] !== 'dumb';
  // Marks coloured text until it is printed. It can't be guessed, so no text can contain its own.
  const mark = randomUUID();
  const marks = new RegExp(`<${mark} (\\w+) (.*?) ${mark}>`, 'gs');
  const printable = (text: string) =>
    plainLines(text).replaceAll(marks, (_, tone: keyof typeof STYLES, painted: string) =>
      styleText(STYLES[tone], painted, { validateStream: false }),
    );
  let shown = false;
  const clear = () => {
    if (shown) stderr.write(CLEAR_LINE);
    shown = false;
  };
  const print = (stream: NodeJS.WriteStream, text: string) => {
    clear();
    stream.write(`${printable(text)}\n`);
  };
  const ask = async (question: string): Promise<string> => {
    if (!stdin.isTTY)
      throw new UsageError(
        `${question} - not a terminal, so nobody can be asked: give --yes, or answer with the options that --help lists`,
      );
    clear();
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      const answer = await new Promise<string | undefined>((resolve) => {
        // On Ctrl-D or Ctrl-C readline leaves the question pending, or rejects it: both mean no answer.
        lines.once('close', () => resolve(undefined));
        lines.question(printable(question)).then(resolve, () => resolve(undefined));
      });
      if (answer !== undefined) return answer.trim();
    } finally {
      lines.close();
    }
    stderr.write('\n');
    throw new UsageError(`${question.trim()} - no answer; nothing was done`);
  };
  return {
    json,
    width: stdout.isTTY === true && stdout.columns > 0 ? stdout.columns : Number.POSITIVE_INFINITY,
    paint: (tone, text) => (colours && tone !== 'plain' ? `<${mark} ${tone} ${text} ${mark}>` : text),
    result: (value, lines) => {
      for (const line of json ? [plainJson(JSON.stringify(value, null, 2))] : lines()) print(stdout, line);
    },
    item: (value, line) => print(stdout, json ? plainJson(JSON.stringify(value)) : line()),
    note: (text) => print(stderr, text),
    aside: (text) => {
      if (stderr.isTTY === true) print(stderr, text);
    },
    progress: (text) => {
      if (!showsProgress) return;
      clear();
      stderr.write(printable(text));
      shown = true;
    },
    confirm: async (question, { yes }) => yes === true || /^y(es)?$/i.test(await ask(`${question} [y/N] `)),
    ask: async (question, fallback) => (await ask(`${question}${fallback ? ` [${fallback}]` : ''} `)) || fallback,
  };
}
