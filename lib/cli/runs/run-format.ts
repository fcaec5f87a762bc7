import { plainText } from '../../kernel/plain-text.ts';
import type { RunReason } from '../../runs/report/run-result.ts';
import type { RunViewState } from '../../runs/report/run-view.ts';
import type { Terminal, Tone } from '../terminal.ts';
import { hanging } from '../wrap.ts';

const TONES: Partial<Record<RunViewState, Tone>> = {
  succeeded: 'good',
  failed: 'bad',
  rejected: 'bad',
  parked: 'bad',
  stuck: 'warn',
  unknown: 'warn',
  superseded: 'dim',
  forgotten: 'dim',
};

export function toneOf(state: RunViewState): Tone {
  return TONES[state] ?? 'plain';
}

/** For example `queued: run ... has the turn`. A code that the message contains is not repeated. Empty without a reason. */
export function reasonText(reason: RunReason | undefined): string {
  if (!reason) return '';
  const { code, message, cause } = reason;
  const why = cause === undefined || message.includes(cause) ? message : `${message} (${cause})`;
  return plainText(why.startsWith(code) ? why : `${code}: ${why}`);
}

/** `2026-03-14 12:00:05Z`. */
export function timeText(at: string | number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** As many digits as names of tasks have, on a terminal; commands accept them. All digits for programs. */
const SHOWN_DIGITS = 12;

/** The id of a run, beside others. */
export function shownRun(run: string, { width }: Terminal): string {
  return plainText(width === Number.POSITIVE_INFINITY ? run : run.slice(0, SHOWN_DIGITS));
}

/** Lines of labels and values, without those that have no value. `length`: of the longest label. */
export function labelled(
  rows: readonly (readonly [name: string, text: string | undefined, tone?: Tone])[],
  length: number,
  terminal: Terminal,
): string[] {
  return rows.flatMap(([name, text, tone = 'plain']) => {
    const label = `  ${name.padEnd(length)}  `;
    const lines = text === undefined ? [] : hanging(label, text, terminal.width);
    return lines.map((line) => `${line.slice(0, label.length)}${terminal.paint(tone, line.slice(label.length))}`);
  });
}
