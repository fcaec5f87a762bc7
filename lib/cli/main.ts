// npx migrations: the command line.
import { addCheck } from './check/check.ts';
import { runCommandLine } from './command-line.ts';
import { addEvent } from './event/event.ts';
import { addExplain } from './explain/explain.ts';
import { addInit } from './init/init.ts';
import { addInvoke } from './invoke/invoke.ts';
import { addRefeed } from './invoke/refeed.ts';
import { addPause } from './pause.ts';
import { addPlan } from './plan/plan.ts';
import { addRuns } from './runs/runs.ts';

// Whoever reads the results has enough of them, as `head` has: there is nothing left to be said.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  [addCheck, addEvent, addExplain, addInit, addInvoke, addPause, addPlan, addRefeed, addRuns],
  process,
  process.cwd(),
);
