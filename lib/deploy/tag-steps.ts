import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import type { DesiredFunction } from './desired-function.ts';
import type { Step } from './plan-function.ts';

/** The steps that make the given tags those of a function. No steps if the file has none. */
export function tagSteps(
  api: FunctionGraph,
  { urn, tags }: DesiredFunction,
  there: ReadonlyMap<string, string>,
): Step[] {
  if (!tags) return [];
  const changed = new Map(Object.entries(tags).filter(([key, value]) => there.get(key) !== value));
  const gone = [...there.keys()].filter((key) => !Object.hasOwn(tags, key));
  const changes = [...changed].map(([key, value]) => `tags.${key}: ${there.get(key) ?? 'none'} -> ${value}`);
  return [
    ...(gone.length === 0 ? [] : [{ what: `delete tags ${gone.join(', ')}`, run: () => api.deleteTags(urn, gone) }]),
    ...(changed.size === 0 ? [] : [{ what: 'set tags', changes, run: () => api.setTags(urn, changed) }]),
  ];
}
