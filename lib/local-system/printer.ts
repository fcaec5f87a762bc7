/** Prints one line per event. */
export interface Printer {
  /** Prints text as is. */
  text(text: string): void;
  /** `12:00:01  object    redis-backups/prod/a.rdb ...` */
  event(topic: string, text: string, tone?: Tone): void;
}

export type Tone = 'good' | 'bad' | 'plain';

const COLOURS: Readonly<Record<Tone, string>> = { good: '32', bad: '31', plain: '0' };

export interface PrinterOptions {
  readonly write: (text: string) => void;
  readonly colours: boolean;
  readonly now: () => Date;
}

export function makePrinter({ write, colours, now }: PrinterOptions): Printer {
  const paint = (code: string, text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  return {
    text: (text) => write(`${text}\n`),
    event: (topic, text, tone = 'plain') => {
      const time = now().toTimeString().slice(0, 8);
      write(
        `${paint('2', time)}  ${paint('36', topic.padEnd(9))} ${tone === 'plain' ? text : paint(COLOURS[tone], text)}\n`,
      );
    },
  };
}

/** Only on a terminal, and not if NO_COLOR is set (no-color.org). */
export function wantsColours(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env['NO_COLOR'];
}
