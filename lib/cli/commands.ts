import { addCheck } from './check/check.ts';
import type { AddCommands } from './command-line.ts';
import { addConsole } from './console/console.ts';
import { addDeployment } from './deployment/deployment.ts';
import { addEvent } from './event/event.ts';
import { addExplain } from './explain/explain.ts';
import { addFault } from './fault.ts';
import { addInit } from './init/init.ts';
import { addInvoke } from './invoke/invoke.ts';
import { addRefeed } from './invoke/refeed.ts';
import { addMessages } from './messages.ts';
import { addPause } from './pause.ts';
import { addPlan } from './plan/plan.ts';
import { addProbe } from './probe/probe.ts';
import { addRuns } from './runs/runs.ts';
import { addStart } from './start/start.ts';

/** All commands of `npx migrations`. */
export const COMMANDS: readonly AddCommands[] = [
  addCheck,
  addConsole,
  addDeployment,
  addEvent,
  addExplain,
  addFault,
  addInit,
  addInvoke,
  addMessages,
  addPause,
  addPlan,
  addProbe,
  addRefeed,
  addRuns,
  addStart,
];
