// npx migrations: the command line.
import { runCommandLine } from './command-line.ts';
import { COMMANDS } from './commands.ts';

// The reader closed the pipe, as `head` does: stop quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCommandLine(process.argv.slice(2), COMMANDS, process, process.cwd());
