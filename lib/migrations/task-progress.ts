import type { DcsTaskStats } from '../ports/dcs.ts';
import type { SmsTaskDetail } from '../ports/sms.ts';

/**
 * The figures of an online migration as one line: `full 42.5 %, 1200 of 5000 keys, offset 0, 812 KB/s, 3400 ops/s`.
 *
 * A figure that the service does not give is left out; with none at all the line says so. The unit of the offset is not documented.
 */
export function dcsProgress(stats: DcsTaskStats): string {
  const { fullProgress, offset, sourceKeys, targetKeys, inputKbps, opsPerSecond } = stats;
  const keys =
    sourceKeys === undefined
      ? targetKeys === undefined
        ? undefined
        : `${targetKeys} keys in the target`
      : `${targetKeys ?? '?'} of ${sourceKeys} keys`;
  return line([
    fullProgress === undefined ? undefined : `full ${short(fullProgress)} %`,
    keys,
    offset === undefined ? undefined : `offset ${offset}`,
    inputKbps === undefined ? undefined : `${short(inputKbps)} KB/s`,
    opsPerSecond === undefined ? undefined : `${short(opsPerSecond)} ops/s`,
  ]);
}

/**
 * The figures of a server migration as one line: `MIGRATE_LINUX_FILE 37 %, 85.5 Mbit/s, about 1 h 20 min left`.
 *
 * The percentage is the current subtask's; of the whole there is none that can be relied on (it was seen empty and above 100). One outside
 * 0 to 100 is left out.
 */
export function smsProgress(detail: SmsTaskDetail): string {
  const { subtask, progress, speedMbps, remainingSeconds } = detail;
  const percent = progress !== undefined && progress >= 0 && progress <= 100 ? `${short(progress)} %` : undefined;
  const step = [subtask, percent].filter((part) => part !== undefined).join(' ');
  return line([
    step || undefined,
    speedMbps === undefined ? undefined : `${short(speedMbps)} Mbit/s`,
    remainingSeconds === undefined || remainingSeconds < 0 ? undefined : `about ${span(remainingSeconds)} left`,
  ]);
}

/**
 * Why a DCS task failed, as far as the service says: the list's `error_message`, then the newest messages of its ERROR log that say
 * something else. `undefined` when it says nothing.
 */
export function dcsFailure(errorMessage: string | undefined, errorLogs: readonly string[]): string | undefined {
  const said = [errorMessage ?? '', ...errorLogs.slice(0, MAX_LOGS)].map((text) => text.trim()).filter(Boolean);
  return [...new Set(said)].join('; ') || undefined;
}

/** Why a server migration failed: code, message and parameters of its `error_json`. `undefined` when it has none. */
export function smsFailure({ error }: Pick<SmsTaskDetail, 'error'>): string | undefined {
  const { code, message, params = [] } = error ?? {};
  const what = [code, message].filter(Boolean).join(' ');
  const about = params.length > 0 ? `(${params.join(', ')})` : '';
  return [what, about].filter(Boolean).join(' ') || undefined;
}

/** One failure fills the log with its consequences. */
const MAX_LOGS = 3;

function line(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(', ') || 'no figures yet';
}

function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function span(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
