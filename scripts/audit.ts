import { spawnSync } from 'node:child_process';
import { readAudit } from './read-audit.ts';

/** Fails when a package of the lock file has an advisory of high severity, and not when the registry knows none: `npm run audit`. */
const TIMEOUT_MS = 60_000;

const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', timeout: TIMEOUT_MS });
const audit = readAudit(stdout ?? '');
switch (audit.end) {
  case 'clean':
    console.log('no package has an advisory of high or critical severity');
    break;
  case 'unanswered':
    console.log(`not audited, for the registry does not answer: ${audit.why}`);
    break;
  case 'vulnerable':
    console.error(`packages with advisories: ${audit.packages.join(', ')}. npm audit says more`);
    process.exitCode = 1;
}
