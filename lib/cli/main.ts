// npx migrations: the command line.
import { runCommandLine } from './command-line.ts';
import { COMMANDS } from './commands.ts';

// Whoever reads the results has enough of them, as `head` has: there is nothing left to be said.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCommandLine(process.argv.slice(2), COMMANDS, process, process.cwd());
