import type { GatewayRequest } from '../events/gateway-event.ts';
import { RequestRefusedError } from './problem.ts';

/** @throws {RequestRefusedError} 400 for an unknown parameter: one that is ignored today could take effect in a later version */
export function checkQuery({ query }: GatewayRequest, known: Iterable<string>): void {
  const allowed = new Set(known);
  const other = Object.keys(query).find((name) => !allowed.has(name));
  if (other === undefined) return;
  const list = allowed.size > 0 ? `accepts ${[...allowed].join(', ')}` : 'accepts none';
  const detail = `unknown query parameter ${JSON.stringify(other.slice(0, 64))}; this path ${list}`;
  throw new RequestRefusedError({ type: 'bad_query', detail });
}
