import type { RunLog } from '../ledger/run-log.ts';
import type { RecordedDeps } from '../run-deps.ts';
import { decide } from '../start/decide.ts';
import { looksFor } from '../start/decide-create.ts';
import { FactFinder } from '../start/facts.ts';
import { runOf } from '../start/run.ts';

/**
 * Begins to look at the file and the target of a run that was not looked at before, while others have their turn. What a run is decided on is not
 * changed by that: of its lane nothing is asked ahead.
 *
 * @returns what is being found out; `undefined` of a run about which nothing has to be
 */
export async function lookAhead(log: RunLog, deps: RecordedDeps): Promise<FactFinder | undefined> {
  const { received, attempt, prepared, end } = log.state;
  if (!received?.planned || received.written || attempt || prepared || end) return undefined;
  const finder = new FactFinder(log, deps);
  const run = runOf(log);
  const isAsked = () => decide(run, finder.facts).do === 'learn';
  if (!isAsked()) return undefined;
  await finder.learn(['pauses']);
  if (!isAsked()) return undefined;
  finder.begin(looksFor(run, finder.facts, true));
  return finder;
}
