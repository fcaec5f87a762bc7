import { faultHelp, runFault } from '../local-system/fault.ts';
import { passThrough } from './pass-through.ts';
import { projectFolder } from './project-folder.ts';

const CALLED = 'npx migrations fault';

/** `fault`: rehearses what can go wrong in the running local cloud. */
export const addFault = passThrough('fault', {
  summary:
    'rehearse what can go wrong in the local cloud of the running local system: faults, scenarios, a faster clock',
  help: faultHelp(CALLED),
  run: (args, cwd) => runFault(args, { called: CALLED, folder: projectFolder(cwd), cwd }),
});
