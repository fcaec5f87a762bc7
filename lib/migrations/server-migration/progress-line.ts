import type { SmsTaskDetail } from '../../ports/sms.ts';
import { formatFigure, formatFigures } from '../format-figures.ts';

/**
 * The figures of a server migration as one line: `MIGRATE_LINUX_FILE 37 %, 85.5 Mbit/s, about 1 h 20 min left`.
 *
 * The percentage is that of the current subtask. That of the whole task is unreliable (it was seen empty and above 100). A value outside 0 to 100
 * is left out.
 */
export function smsProgress(detail: SmsTaskDetail): string {
  const { subtask, progress, speedMbps, remainingSeconds } = detail;
  const percent =
    progress !== undefined && progress >= 0 && progress <= 100 ? `${formatFigure(progress)} %` : undefined;
  const step = [subtask, percent].filter((part) => part !== undefined).join(' ');
  return formatFigures([
    step || undefined,
    speedMbps === undefined ? undefined : `${formatFigure(speedMbps)} Mbit/s`,
    remainingSeconds === undefined || remainingSeconds < 0 ? undefined : `about ${span(remainingSeconds)} left`,
  ]);
}

function span(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
