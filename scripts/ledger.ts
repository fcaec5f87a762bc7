// `npm run ledger -- <command>`: looks into the ledger and tells it what a person decided. Uses the ledger of migrations.yml with the keys of
// the environment, or the folder in MIGRATIONS_LEDGER_FOLDER. With neither keys nor folder it is that of npm start, .local/ledger.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { cloud } from '../lib/cloud/cloud.ts';
import { ConfigError } from '../lib/errors.ts';
import { loadJobs } from '../lib/jobs/load-jobs.ts';
import { type Ledger, makeLedger } from '../lib/runs/ledger/ledger.ts';
import { listOpen } from '../lib/runs/ledger/open-runs.ts';
import { pause, resume } from '../lib/runs/ledger/pauses.ts';
import { foldRun, openRunLog } from '../lib/runs/ledger/run-log.ts';
import { type Decision, resolveRun } from '../lib/runs/resolve-run.ts';
import { Secret } from '../lib/secret.ts';
import { lookUp, readSettings } from '../lib/settings.ts';
import { ROOT } from './package-root.ts';

const HELP = `npm run ledger -- <command>

  open                                          runs that are not settled
  show <job> <run>                              every record of a run
  pause [job] | resume [job]                    stop and allow creating, for one job or for all
  resolve <job> <run> task <task id>            this is the task of a run whose outcome is not known
  resolve <job> <run> try-again                 there is surely no task: create it
  resolve <job> <run> give-up "<why>"           there is no task, and there shall be none
`;
/** What is asked of the ledger is small; there is no platform to end it. */
const TIME_LIMIT_MS = 60_000;

async function openLedger(): Promise<Ledger> {
  const local = join(ROOT, '.local/ledger');
  const given = readSettings((name) => lookUp(() => undefined, name));
  const { jobs } = await loadJobs(given.MIGRATIONS_FILE ?? join(ROOT, 'migrations.yml'), { ledger: 'given' });
  const useLocal = !given.MIGRATIONS_LEDGER_FOLDER && !given.HUAWEICLOUD_SDK_AK && existsSync(local);
  const settings = useLocal ? { ...given, MIGRATIONS_LEDGER_FOLDER: local } : given;
  const {
    HUAWEICLOUD_SDK_AK: accessKey,
    HUAWEICLOUD_SDK_SK: secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: token,
  } = settings;
  const store = await cloud.openLedgerStore({
    settings,
    jobs,
    region: settings.HUAWEICLOUD_REGION ?? jobs.region,
    credentials: () => {
      if (accessKey && secretKey) {
        return { accessKey, secretKey: new Secret(secretKey), ...(token ? { securityToken: new Secret(token) } : {}) };
      }
      throw new ConfigError('keys', [{ path: ['HUAWEICLOUD_SDK_AK'], message: 'and HUAWEICLOUD_SDK_SK must be set' }]);
    },
    projectId: () => settings.HUAWEICLOUD_PROJECT_ID ?? '',
    remainingMs: () => TIME_LIMIT_MS,
  });
  // Unlike any other writer: a process id comes again.
  if (store) return makeLedger(store, `${userInfo().username}.${randomUUID().slice(0, 8)}`, Date.now);
  throw new ConfigError('migrations.yml', [
    { path: ['ledger'], message: 'there is none, and MIGRATIONS_LEDGER_FOLDER is not set' },
  ]);
}

async function showOpen(ledger: Ledger): Promise<void> {
  for (const { job, run, at } of await listOpen(ledger)) {
    const { parked, attempt, end, reason, task } = foldRun((await openRunLog(ledger, job, run)).records);
    const state = parked ? 'parked' : attempt ? 'unknown' : (end ?? 'waiting');
    console.log(`${new Date(at).toISOString()}  ${job} ${run}  ${state}  ${task?.name ?? ''} ${reason?.message ?? ''}`);
  }
}

async function show(ledger: Ledger, job: string, run: string): Promise<void> {
  const { records } = await openRunLog(ledger, job, run);
  if (records.length === 0) throw new Error(`job ${job} has no run ${run}`);
  for (const { at, by, id: _id, type, ...rest } of records) {
    console.log(`${new Date(at).toISOString()}  ${type.padEnd(10)}  by ${by}  ${JSON.stringify(rest)}`);
  }
}

function decisionOf([what, detail, ...rest]: readonly string[]): Decision | undefined {
  if (rest.length > 0) return undefined;
  if (what === 'task' && detail) return { kind: 'task', id: detail };
  if (what === 'try-again' && detail === undefined) return { kind: 'try_again' };
  return what === 'give-up' && detail ? { kind: 'give_up', why: detail } : undefined;
}

async function main([command, ...args]: readonly string[]): Promise<number> {
  const [job, run, ...decision] = args;
  if (command === 'open' && args.length === 0) await showOpen(await openLedger());
  else if (command === 'show' && job && run && decision.length === 0) await show(await openLedger(), job, run);
  else if ((command === 'pause' || command === 'resume') && args.length <= 1) {
    await (command === 'pause' ? pause : resume)(await openLedger(), job);
    console.log(`${command}d ${job ?? 'all jobs'}`);
  } else if (command === 'resolve' && job && run && decisionOf(decision)) {
    await resolveRun(await openLedger(), { job, run }, decisionOf(decision) as Decision);
    console.log(`recorded for ${job} ${run}`);
  } else {
    console.error(HELP);
    return 2;
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`ledger: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
