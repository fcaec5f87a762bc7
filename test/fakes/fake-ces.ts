import { CloudError } from '../../lib/kernel/errors.ts';
import type { CesEvent, CesMetricPoint, CesService } from '../../lib/ports/ces.ts';

/** Cloud Eye, which keeps what it was told. Equal events are one event. */
export class FakeCes implements CesService {
  readonly points: (CesMetricPoint & { readonly namespace: string })[] = [];
  readonly #events = new Map<string, CesEvent>();
  /** Number of calls, including failed ones. */
  calls = 0;
  /** Every call is refused for lack of a right. */
  isForbidden = false;
  /** No call ever ends. */
  hangs = false;

  /** The names of the events, in the order of their first report. */
  get events(): CesEvent[] {
    return [...this.#events.values()];
  }

  async sendMetrics(namespace: string, points: readonly CesMetricPoint[]): Promise<void> {
    await this.#call('CreateMetricData');
    this.points.push(...points.map((point) => ({ namespace, ...point })));
  }

  async sendEvents(_source: string, events: readonly CesEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.#call('CreateEvents');
    for (const event of events) {
      const { content: _, ...identity } = event;
      const key = JSON.stringify(identity);
      if (!this.#events.has(key)) this.#events.set(key, event);
    }
  }

  async #call(operation: string): Promise<void> {
    this.calls += 1;
    if (this.hangs) await new Promise(() => undefined);
    if (!this.isForbidden) return;
    throw new CloudError({ service: 'CES', operation, outcome: 'rejected', temporary: false, status: 403 });
  }
}
