import { runFault } from '../local-system/fault.ts';
import { passThrough } from './pass-through.ts';
import { projectFolder } from './project-folder.ts';

/** `fault`: makes calls to the running local cloud fail. */
export const addFault = passThrough('fault', {
  summary: 'make calls to the local cloud of the running local system fail',
  run: (args, cwd) => runFault(args, { called: 'npx migrations fault', folder: projectFolder(cwd) }),
});
