import type { RunRecord } from './invocation-history.ts';

/** The most values of a metric in one response. */
const MAX_POINTS = 60;
const MINUTE_MS = 60_000;

interface Point {
  /** Epoch ms. */
  readonly timestamp: number;
  /** -1: nothing ran in this time. */
  readonly value: number;
}

/** How many values a metric has is not documented: here one a minute, or 60 in a longer period. */
export function metricsOf(
  runs: readonly RunRecord[],
  minutes: number,
  now: number,
  reserved: number,
): Record<string, Point[]> {
  const step = Math.max(1, Math.ceil(minutes / MAX_POINTS)) * MINUTE_MS;
  const last = Math.floor(now / step) * step;
  const count = Math.max(1, Math.ceil((minutes * MINUTE_MS) / step));
  const starts = Array.from({ length: count }, (_, index) => last - (count - 1 - index) * step);
  const points = (value: (runs: readonly RunRecord[]) => number) =>
    starts.map((timestamp) => {
      const found = runs.filter(({ startedAt }) => startedAt >= timestamp && startedAt < timestamp + step);
      return { timestamp, value: found.length === 0 ? -1 : value(found) };
    });
  const failed = (...outcomes: RunRecord['outcome'][]) =>
    points((found) => found.filter(({ outcome }) => outcomes.includes(outcome)).length);
  const durations = (found: readonly RunRecord[]) => found.map(({ durationMs }) => durationMs);
  return {
    count: points((found) => found.length),
    duration: points((found) => sum(durations(found)) / found.length),
    fail_count: failed('function_error', 'system_error'),
    max_duration: points((found) => Math.max(...durations(found))),
    min_duration: points((found) => Math.min(...durations(found))),
    reject_count: points(() => 0),
    function_error_count: failed('function_error'),
    system_error_count: failed('system_error'),
    reserved_instance_num: starts.map((timestamp) => ({ timestamp, value: reserved })),
    concurrency_num: points(mostAtOnce),
  };
}

/** Invocations and GB-seconds of each month, the oldest first. */
export function monthlyUse(runs: readonly RunRecord[], months: number, now: number) {
  const names = Array.from({ length: months }, (_, index) => monthOf(monthsBefore(now, months - 1 - index)));
  const values = (value: (run: RunRecord) => number) =>
    names.map((date) => ({ date, value: sum(runs.filter(({ startedAt }) => monthOf(startedAt) === date).map(value)) }));
  return {
    count: values(() => 1),
    gbs: values(({ durationMs, memoryMb }) => (durationMs / 1000) * (memoryMb / 1024)),
    gpu_gbs: values(() => 0),
  };
}

function mostAtOnce(runs: readonly RunRecord[]): number {
  const running = (at: number) =>
    runs.filter(({ startedAt, durationMs }) => startedAt <= at && at <= startedAt + durationMs).length;
  return Math.max(...runs.map(({ startedAt }) => running(startedAt)));
}

function monthsBefore(now: number, months: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - months, 1);
}

function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
