import type { ProbeResponse } from '../../cloud/programs/probe-calls.ts';
import { codeOf } from './call-text.ts';
import { joinShapes, type Shape, shapeOf } from './shape.ts';

/** All responses of one operation with one status, without their contents. */
export interface ResponseSummary {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  /** Codes of error responses. */
  readonly codes: readonly string[];
  readonly count: number;
  /** How long the fastest and the slowest took. */
  readonly ms: readonly [number, number];
  readonly shape: Shape;
}

/** What the services returned during a probe. */
export class SeenResponses {
  readonly #summaries = new Map<string, ResponseSummary>();
  readonly #errors: ProbeResponse[] = [];

  add(response: ProbeResponse): void {
    const { service, operation, status, body, tookMs } = response;
    const key = `${service} ${operation} ${status}`;
    const shape = shapeOf(body);
    const code = codeOf(body);
    const before = this.#summaries.get(key);
    const codes = [...new Set([...(before?.codes ?? []), ...(code === undefined ? [] : [code])])].sort();
    const [fastest, slowest] = before?.ms ?? [tookMs, tookMs];
    this.#summaries.set(key, {
      service,
      operation,
      status,
      codes,
      count: (before?.count ?? 0) + 1,
      ms: [Math.min(fastest, tookMs), Math.max(slowest, tookMs)],
      shape: before === undefined ? shape : joinShapes(before.shape, shape),
    });
    if (status >= 400) this.#errors.push(response);
  }

  /** The first response of DCS or SMS with such a status. */
  error(hasStatus: (status: number) => boolean): ProbeResponse | undefined {
    return this.#errors.find(({ service, status }) => (service === 'DCS' || service === 'SMS') && hasStatus(status));
  }

  all(): ResponseSummary[] {
    return [...this.#summaries.values()];
  }
}
