import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import { messageOf } from '../kernel/errors.ts';
import { jobChanges, jobsIn } from './job-changes.ts';
import type { FunctionPlan } from './plan-function.ts';

/**
 * Compares the jobs file with the one in the code of each deployed function whose code is replaced. Reads the code; throws nothing, because a
 * comparison of the rest is of use without it.
 *
 * @returns lines for people: `jobs: job nightly changes (on)`; the functions are named if they differ
 */
export async function describeJobChanges(
  api: FunctionGraph,
  plans: readonly FunctionPlan[],
  document: unknown,
): Promise<string[]> {
  const replaced = plans.filter(({ replacesCode }) => replacesCode);
  const groups = new Map<string, string[]>();
  for (const { desired } of replaced) {
    const lines = await changesOf(api, desired.urn, document);
    const key = JSON.stringify(lines);
    groups.set(key, [...(groups.get(key) ?? []), desired.name]);
  }
  return [...groups].flatMap(([lines, names]) => {
    const whose = groups.size === 1 ? 'jobs' : `jobs of ${names.join(', ')}`;
    return (JSON.parse(lines) as string[]).map((line) => `${whose}: ${line}`);
  });
}

async function changesOf(api: FunctionGraph, urn: string, document: unknown): Promise<string[]> {
  try {
    const zip = await api.exportCode(`${urn}:latest`);
    const deployed = zip && jobsIn(zip);
    if (deployed === undefined) return ['not compared: the service does not hand out the deployed jobs file'];
    const lines = jobChanges(deployed, document);
    return lines.length === 0 ? ['unchanged'] : lines;
  } catch (error) {
    return [`not compared: ${messageOf(error)}`];
  }
}
