import { passThrough } from '../pass-through.ts';

/** `start`: the local system. */
export const addStart = passThrough('start', {
  summary: 'run the functions on this machine, with a local cloud and a console, and demonstrate each trigger',
  // On demand: the local cloud and the console are most of the program.
  run: async (args, cwd) => (await import('./run-start.ts')).runStart(args, { called: 'npx migrations start', cwd }),
});
