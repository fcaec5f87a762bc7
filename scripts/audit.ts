// `npm run audit`: fails if a package in the lock file has an advisory of high or critical severity, but not if the registry is unavailable.
import { spawnSync } from 'node:child_process';
import { readAudit } from './read-audit.ts';

const TIMEOUT_MS = 60_000;

const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', timeout: TIMEOUT_MS });
const audit = readAudit(stdout ?? '');
switch (audit.end) {
  case 'clean':
    console.log('no package has an advisory of high or critical severity');
    break;
  case 'no_report':
    console.log(`not audited, because the registry returned no report: ${audit.why}`);
    break;
  case 'vulnerable':
    console.error(`packages with advisories: ${audit.packages.join(', ')}. For details: npm audit`);
    process.exitCode = 1;
}
