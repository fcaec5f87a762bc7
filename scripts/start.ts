// npm start: the whole system on this machine, with a demonstration of each trigger.
import { runStart } from '../lib/cli/start/run-start.ts';

process.exitCode = await runStart(process.argv.slice(2), { called: 'npm start', cwd: process.cwd() });
