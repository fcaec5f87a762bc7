// npm run fault: makes calls to a running local cloud fail.
import { ROOT } from '../lib/build/package-root.ts';
import { runFault } from '../lib/local-system/fault.ts';

process.exitCode = await runFault(process.argv.slice(2), { called: 'npm run fault', folder: ROOT });
