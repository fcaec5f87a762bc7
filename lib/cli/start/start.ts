import { startHelp } from '../../local-system/start-options.ts';
import { passThrough } from '../pass-through.ts';

const CALLED = 'npx migrations start';

/** `start`: the local system. */
export const addStart = passThrough('start', {
  summary: 'run the functions on this machine, with a local cloud and a console, and demonstrate each trigger',
  help: startHelp(CALLED),
  // On demand: the local cloud and the console are most of the program.
  run: async (args, cwd) => (await import('./run-start.ts')).runStart(args, { called: CALLED, cwd }),
});
