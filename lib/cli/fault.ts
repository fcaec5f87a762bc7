import { faultHelp, runFault } from '../local-system/fault.ts';
import { passThrough } from './pass-through.ts';
import { projectFolder } from './project-folder.ts';

const CALLED = 'npx migrations fault';

/** `fault`: makes calls to the running local cloud fail. */
export const addFault = passThrough('fault', {
  summary: 'make calls to the local cloud of the running local system fail',
  help: faultHelp(CALLED),
  run: (args, cwd) => runFault(args, { called: CALLED, folder: projectFolder(cwd) }),
});
