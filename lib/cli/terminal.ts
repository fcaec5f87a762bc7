import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { plainJson, plainLines } from '../kernel/plain-text.ts';
import { UsageError } from './usage-error.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'strong' | 'plain';

/** The streams of a process; tests and the bin give the real ones. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * How a command speaks: results to stdout, all else to stderr, so that a result can be piped. No character of a text moves a cursor, sets a
 * colour or turns the text around; only `paint` does.
 */
export interface Terminal {
  /** Is JSON wanted? */
  readonly json: boolean;
  /** Colours a text of `result` or `line`; as it is without colours. */
  paint(tone: Tone, text: string): string;
  /** The one result of a command: as JSON text if that is wanted, else the lines. */
  result(value: unknown, lines: () => readonly string[]): void;
  /** One of many results, as it comes: one JSON text a line, or the line. */
  item(value: unknown, line: () => string): void;
  /** Something beside the result, to stderr. */
  note(text: string): void;
  /** What a person at a terminal wants to know beside all else, to stderr; nothing where nobody sits. */
  aside(text: string): void;
  /** What is being done, on a terminal only, until the next one or the result takes its place. */
  progress(text: string): void;
  /** @throws {UsageError} without a person to ask and without `yes`, or when there is no answer @returns false when the person does not say yes */
  confirm(question: string, options: { readonly yes?: boolean | undefined }): Promise<boolean>;
  /** A text from a person; the fallback for an empty answer. @throws {UsageError} when there is nobody to ask, or no answer */
  ask(question: string, fallback: string): Promise<string>;
}

const STYLES = { good: 'green', bad: 'red', warn: 'yellow', dim: 'dim', strong: 'bold' } as const;
const CLEAR_LINE = '\r\u001b[K';

export function makeTerminal({ stdin, stdout, stderr, env }: Streams, json: boolean): Terminal {
  // https://no-color.org: any value but an empty one.
  const colours = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const showsProgress = stderr.isTTY === true && env['TERM'] !== 'dumb';
  // Stands for the colours until the text is printed. Nobody can guess it, so no text can bring its own.
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
        `${question} - there is nobody to ask: give --yes, or answer beforehand with the options that --help lists`,
      );
    clear();
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      const answer = await new Promise<string | undefined>((resolve) => {
        // The input ends, by Ctrl-D or Ctrl-C: the question is then left without an answer, or given up, and nothing else fails it.
        lines.once('close', () => resolve(undefined));
        lines.question(printable(question)).then(resolve, () => resolve(undefined));
      });
      if (answer !== undefined) return answer.trim();
    } finally {
      lines.close();
    }
    stderr.write('\n');
    throw new UsageError(`${question.trim()} - there was no answer, and nothing was done`);
  };
  return {
    json,
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
