import { plainText } from '../../kernel/plain-text.ts';
import type { RunReason } from '../../runs/report/run-result.ts';
import type { RunViewState } from '../../runs/report/run-view.ts';
import type { Tone } from '../terminal.ts';

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

/** Lines of labels and values, without those that have no value. */
export function labelled(
  rows: readonly (readonly [name: string, text: string | undefined])[],
  width: number,
): string[] {
  return rows.flatMap(([name, text]) => (text === undefined ? [] : [`  ${name.padEnd(width)}  ${text}`]));
}
