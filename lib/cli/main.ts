// npx migrations: the command line.
import { runCommandLine } from './command-line.ts';
import { addPause } from './pause.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), [addPause], process, process.cwd());
