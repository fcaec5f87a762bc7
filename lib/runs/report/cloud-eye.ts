import { CloudError } from '../../kernel/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import { stageDimension } from '../../kernel/stage-dimension.ts';
import type { CesEvent, CesMetricPoint } from '../../ports/ces.ts';
import type { AllServices } from '../../ports/services.ts';
import type { RunRecord } from '../ledger/run-record.ts';
import { cloudEyeEvent, eventsOfRun } from './cloud-eye-events.ts';
import type { RunReason, RunResult } from './run-result.ts';

/** Counted by the invocation that made them: the sum over a period is their number. */
type Counter = 'runs_received' | 'runs_created' | 'runs_existing' | 'runs_rejected' | 'ticks';
/** What a tick of `reconcile` found. */
export interface TickGauges {
  readonly runs_open: number;
  readonly runs_waiting: number;
  readonly runs_unknown: number;
  readonly runs_parked: number;
  readonly tasks_under_way: number;
  /** Open runs that the tick did not reach; the counts by state do not include them. */
  readonly runs_left: number;
  /** Seconds. */
  readonly oldest_open_run_age: number;
}

/** The longest that an invocation waits for Cloud Eye, in ms. */
const MAX_SEND_MS = 2_000;
/** Kept for the response of the invocation, in ms. */
const RESERVE_MS = 500;
/** Cloud Eye takes no older event: an hour less 20 s (Reporting Events, 2025-09-09). */
const MAX_EVENT_AGE_MS = 55 * 60_000;

export interface CloudEyeOptions {
  /** The namespace of the metrics and the source of the events. */
  readonly namespace: string;
  readonly stage: string;
  readonly now: () => number;
}

/**
 * What one invocation reports to Cloud Eye. It is collected during the work and sent after it, so it neither delays nor fails a run; what cannot be
 * sent is logged and dropped. Events that are noted twice are sent once.
 */
export class CloudEye {
  readonly #options: CloudEyeOptions;
  readonly #counts = new Map<Counter, number>();
  readonly #events = new Map<string, CesEvent>();
  #gauges: TickGauges | undefined;
  /** Set when everything was sent: what happens later is not. */
  #lateLog: Logger | undefined;
  /** What happened before this is known to have been reported. */
  since: number;

  constructor(options: CloudEyeOptions) {
    this.#options = options;
    this.since = options.now();
  }

  count(name: Counter): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** The result of a delivery. */
  countResult({ outcome }: RunResult): void {
    if (outcome === 'skipped') return;
    this.count('runs_received');
    this.countEnd(outcome);
    if (outcome === 'existing') this.count('runs_existing');
  }

  /** The result of a run that goes on: for it, `existing` is the state of its task. */
  countEnd(outcome: RunResult['outcome']): void {
    if (outcome === 'created') this.count('runs_created');
    if (outcome === 'rejected') this.count('runs_rejected');
  }

  setGauges(gauges: TickGauges): void {
    this.#gauges = gauges;
  }

  note(event: CesEvent): void {
    const { name, at, resourceId, resourceName } = event;
    const earliest = this.#options.now() - MAX_EVENT_AGE_MS;
    const key = JSON.stringify([name, at, resourceId, resourceName]);
    if (this.#lateLog && !this.#events.has(key)) {
      const message =
        'an event after the response is not sent to Cloud Eye; reconcile sends it if its run is still open';
      this.#lateLog.warn(message, { event: name, job: resourceName, run: resourceId });
    }
    this.#events.set(key, { ...event, at: Math.max(at, earliest) });
  }

  /** Notes what has happened to a run. `reason`: why it waits, as this invocation found. */
  noteRun(records: readonly RunRecord[], reason?: RunReason): void {
    const moment = { now: this.#options.now(), since: this.since, reason };
    for (const event of eventsOfRun(records, moment)) this.note(event);
  }

  /** Notes that a run without a record was refused. */
  noteRejected({ job, run }: { readonly job: string; readonly run: string }, reason: RunReason | undefined): void {
    const content = reason ? `${reason.code}: ${reason.message}` : 'rejected';
    this.note(cloudEyeEvent('run_failed', { at: this.#options.now(), job, run, content }));
  }

  /**
   * Sends what was collected, within two seconds and the time left. Never throws. Called once, before the response; work of the webhook may go on
   * after it, without time for a call, and its events are only logged.
   */
  async send(parts: SendParts): Promise<void> {
    this.#lateLog = parts.log;
    const points = this.#points();
    const events = [...this.#events.values()];
    if (points.length === 0 && events.length === 0) return;
    const { remainingMs, log } = parts;
    const limitMs = Math.min(MAX_SEND_MS, remainingMs() - RESERVE_MS);
    const end = limitMs > 0 ? await inTime(limitMs, this.#sendAll(points, events, parts)) : 'late';
    if (end !== 'sent') {
      const error = end === 'late' ? `no response within ${Math.max(0, limitMs)} ms` : end;
      log.warn('Cloud Eye could not be told everything; runs are not affected', { error });
    }
  }

  async #sendAll(points: CesMetricPoint[], events: CesEvent[], { services }: SendParts): Promise<'sent'> {
    const { namespace } = this.#options;
    const ces = await services.ces();
    const ends = await Promise.allSettled([ces.sendMetrics(namespace, points), ces.sendEvents(namespace, events)]);
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return 'sent';
  }

  #points(): CesMetricPoint[] {
    const at = this.#options.now();
    const dimensions = { stage: stageDimension(this.#options.stage) };
    const values = [...this.#counts, ...Object.entries(this.#gauges ?? {})];
    return values.map(([name, value]) => {
      const unit = name === 'oldest_open_run_age' ? 's' : 'count';
      return { name, at, value, unit, dimensions };
    });
  }
}

interface SendParts {
  readonly services: Pick<AllServices, 'ces'>;
  readonly remainingMs: () => number;
  readonly log: Logger;
}

/** @returns the error of work that failed in time */
async function inTime(ms: number, work: Promise<'sent'>): Promise<'sent' | 'late' | CloudError | Error> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
    timer.unref();
  });
  const failed = (error: unknown) =>
    error instanceof CloudError || error instanceof Error ? error : new Error(String(error));
  try {
    return await Promise.race([work.catch(failed), late]);
  } finally {
    clearTimeout(timer);
  }
}
