import type { RunLog } from '../ledger/run-log.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { decide } from '../start/decide.ts';
import { lookupsFor } from '../start/decide-create.ts';
import { FactFinder } from '../start/facts.ts';
import { runOf } from '../start/run.ts';

/**
 * Starts to look up the file and the target of a run that was not checked before, while others have their turn. This does not change the decisions
 * about the run, because its lane is not read ahead.
 *
 * @returns the started lookups; `undefined` for a run that needs none
 */
export async function prefetchFacts(log: RunLog, deps: RecordedDeps): Promise<FactFinder | undefined> {
  const { received, attempt, prepared, end } = log.state;
  if (!received?.planned || received.written || attempt || prepared || end) return undefined;
  const finder = new FactFinder(log, deps);
  const run = runOf(log);
  const needsFacts = () => decide(run, finder.facts).do === 'learn';
  if (!needsFacts()) return undefined;
  await finder.learn(['pauses']);
  if (!needsFacts()) return undefined;
  finder.begin(lookupsFor(run, finder.facts, true));
  return finder;
}
