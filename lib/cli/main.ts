// npx migrations: the command line.
import { addCheck } from './check.ts';
import { runCommandLine } from './command-line.ts';
import { addEvent } from './event.ts';
import { addExplain } from './explain.ts';
import { addInit } from './init.ts';
import { addInvoke } from './invoke.ts';
import { addPause } from './pause.ts';
import { addPlan } from './plan.ts';
import { addRefeed } from './refeed.ts';
import { addRuns } from './runs.ts';

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
