import type { AddCommands } from '../command-line.ts';
import { addRunsCancel } from './runs-cancel.ts';
import { addRunsForget } from './runs-forget.ts';
import { addRunsLanes } from './runs-lanes.ts';
import { addRunsList } from './runs-list.ts';
import { addRunsPark } from './runs-park.ts';
import { addRunsReplay } from './runs-replay.ts';
import { addRunsResolve } from './runs-resolve.ts';
import { addRunsRunNow } from './runs-run-now.ts';
import { addRunsShow } from './runs-show.ts';
import { addRunsWatch } from './runs-watch.ts';

/** `runs list|show|watch|lanes|replay|cancel|forget|park|resolve|run-now`. */
export const addRuns: AddCommands = (program, execute) => {
  const runs = program
    .command('runs')
    .summary('show the runs of a ledger, and act on them')
    .description('Show the runs of a ledger, and act on them.');
  for (const add of [
    addRunsList,
    addRunsShow,
    addRunsWatch,
    addRunsLanes,
    addRunsReplay,
    addRunsCancel,
    addRunsForget,
    addRunsPark,
    addRunsResolve,
    addRunsRunNow,
  ]) {
    add(runs, execute);
  }
};
