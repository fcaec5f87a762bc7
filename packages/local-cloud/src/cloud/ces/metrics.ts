import type { Clock } from '../clock.ts';

/** A metric: its namespace, its name and the values of its dimensions. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  /** In the order in which they were sent. */
  readonly dimensions: readonly { readonly name: string; readonly value: string }[];
}

export interface Point {
  /** Epoch ms, as sent. */
  readonly at: number;
  readonly value: number;
}

export interface Metric extends MetricName {
  readonly unit: string;
  readonly points: readonly Point[];
}

export type Filter = 'average' | 'min' | 'max' | 'sum' | 'variance';

/** Points that are older when they arrive are left out of the aggregates (Adding Monitoring Data). */
const LATE_MS = 10 * 60_000;

/** The custom metrics of a project. */
export class Metrics {
  readonly #clock: Clock;
  readonly #metrics = new Map<string, { name: MetricName; unit: string; points: (Point & { until: number })[] }>();
  readonly #watchers = new Set<(project: string, metric: MetricName) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `watch` for each point that arrives. */
  watch(watch: (project: string, metric: MetricName) => void): void {
    this.#watchers.add(watch);
  }

  add(project: string, name: MetricName, unit: string, point: Point & { readonly ttlSeconds: number }): void {
    const key = keyOf(project, name);
    const metric = this.#metrics.get(key) ?? { name, unit, points: [] };
    this.#metrics.set(key, { ...metric, unit });
    const now = this.#clock.now();
    metric.points.push({ at: point.at, value: point.value, until: now + point.ttlSeconds * 1000 });
    if (now - point.at <= LATE_MS) for (const watch of this.#watchers) watch(project, name);
  }

  /** Of one project, or all: metrics with points that have not expired. */
  all(project?: string): Metric[] {
    const now = this.#clock.now();
    return [...this.#metrics].flatMap(([key, { name, unit, points }]) => {
      const kept = points.filter(({ until }) => until > now);
      const isWanted = project === undefined || key.startsWith(`${project} `);
      return isWanted && kept.length > 0 ? [{ ...name, unit, points: kept }] : [];
    });
  }

  find(project: string, name: MetricName): Metric | undefined {
    const key = keyOf(project, name);
    return this.all(project).find((metric) => keyOf(project, metric) === key);
  }
}

function keyOf(project: string, { namespace, name, dimensions }: MetricName): string {
  const sorted = [...dimensions].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${project} ${JSON.stringify([namespace, name, sorted.map((one) => [one.name, one.value])])}`;
}

/** @returns `undefined` without values */
export function aggregate(values: readonly number[], filter: Filter): number | undefined {
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  const average = sum / values.length;
  switch (filter) {
    case 'sum':
      return sum;
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'average':
      return average;
    case 'variance':
      return values.reduce((total, value) => total + (value - average) ** 2, 0) / values.length;
  }
}
