// npm run fault: rehearses what can go wrong in a running local cloud.
import { ROOT } from '../lib/build/package-root.ts';
import { runFault } from '../lib/local-system/fault.ts';

process.exitCode = await runFault(process.argv.slice(2), { called: 'npm run fault', folder: ROOT, cwd: process.cwd() });
