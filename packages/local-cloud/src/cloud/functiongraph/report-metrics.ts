import type { Metrics } from '../ces/metrics.ts';
import { parseUrn } from './urn.ts';

const TTL_SECONDS = 7 * 24 * 60 * 60;

/**
 * Reports an invocation to CES: `count` and `failcount` of SYS.FunctionGraph, for the dimension `package-functionname` (user manual functiongraph_01_0213). No page says
 * whether a function that does not run has zeros: here it has no data.
 */
export function reportMetrics(metrics: Metrics, urn: string, { at, isOk }: { at: number; isOk: boolean }): void {
  const parts = parseUrn(urn);
  if (!parts) return;
  const dimensions = [{ name: 'package-functionname', value: `${parts.package}-${parts.name}` }];
  const add = (name: string, value: number) =>
    metrics.add(parts.projectId, { namespace: 'SYS.FunctionGraph', name, dimensions }, 'Count', {
      at,
      value,
      ttlSeconds: TTL_SECONDS,
    });
  add('count', 1);
  add('failcount', isOk ? 0 : 1);
}
