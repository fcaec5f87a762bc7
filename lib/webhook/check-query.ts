import type { GatewayRequest } from '../events/gateway-event.ts';
import { RequestRefused } from './problem.ts';

/** @throws {RequestRefused} 400 for a parameter that is not among the known ones: what is ignored today would have an effect tomorrow */
export function checkQuery({ query }: GatewayRequest, known: Iterable<string>): void {
  const allowed = new Set(known);
  const other = Object.keys(query).find((name) => !allowed.has(name));
  if (other === undefined) return;
  const list = allowed.size > 0 ? `takes ${[...allowed].join(', ')}` : 'takes none';
  const detail = `there is no query parameter ${JSON.stringify(other.slice(0, 64))}; this path ${list}`;
  throw new RequestRefused({ type: 'bad_query', detail });
}
