/** The most events in one request (CES API reference, Reporting Events, 2025-09-09). */
export const MAX_CES_EVENTS = 100;
/** Limit of an event's content, in characters (the same page). */
export const MAX_CES_CONTENT = 4_096;

/** One value of a metric. */
export interface CesMetricPoint {
  readonly name: string;
  /** ms since 1970. Cloud Eye leaves points that are more than ten minutes old out of its aggregates. */
  readonly at: number;
  readonly value: number;
  readonly unit?: string;
  /** At most three. Values consist of letters, digits, `_` and `-`, and start with a letter or digit. */
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A custom event. Two events that agree in everything except `content` are one event. */
export interface CesEvent {
  readonly name: string;
  /** ms since 1970; at most an hour ago. */
  readonly at: number;
  readonly state: 'normal' | 'warning' | 'incident';
  readonly level: 'Critical' | 'Major' | 'Minor' | 'Info';
  /** At most `MAX_CES_CONTENT` characters. */
  readonly content: string;
  /** At most 128 characters. */
  readonly resourceId?: string;
  /** At most 128 characters. */
  readonly resourceName?: string;
}

/** Cloud Eye. A request that is sent twice changes nothing: equal events are one event, and equal points are one point. */
export interface CesService {
  /** CreateMetricData. `namespace` is also the name of our own; nothing is sent for an empty list. */
  sendMetrics(namespace: string, points: readonly CesMetricPoint[]): Promise<void>;
  /** CreateEvents, at most `MAX_CES_EVENTS` in a request. */
  sendEvents(source: string, events: readonly CesEvent[]): Promise<void>;
}
