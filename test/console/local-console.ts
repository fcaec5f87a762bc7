import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildFunctions } from '../../lib/build/build-functions.ts';
import { type SystemConsole, startSystemConsole } from '../../lib/console/local/start-system-console.ts';
import { loadJobs } from '../../lib/jobs/load-jobs.ts';
import { makeEventDescriber } from '../../lib/local-system/describe-event.ts';
import { type LocalSystem, startLocalSystem } from '../../lib/local-system/local-system.ts';

const JOBS_FILE = path.join(import.meta.dirname, '../../migrations.yml');

/** What npm start starts, in a folder of its own: the local system with this project's jobs, and its console. */
export interface LocalConsole {
  /** Stays the same over a restart. */
  readonly url: string;
  /** A copy: a test may change it. */
  readonly jobsFile: string;
  readonly stateFolder: string;
  /** That of the last start. */
  readonly system: LocalSystem;
  /** Ends both. */
  stop(): Promise<void>;
  /** Both again, with the state that they had. */
  start(): Promise<void>;
  /** Ends both, and leaves nothing. */
  remove(): Promise<void>;
}

export async function startLocalConsole(): Promise<LocalConsole> {
  const folder = await mkdtemp(path.join(tmpdir(), 'console-'));
  const jobsFile = path.join(folder, 'migrations.yml');
  await copyFile(JOBS_FILE, jobsFile);
  // Paths are shown as seen from where npm start was called.
  const before = process.cwd();
  process.chdir(folder);
  const stateFolder = path.join(folder, '.local');
  const functions = await buildFunctions({ jobsFile, out: path.join(stateFolder, 'functions'), ledger: 'given' });
  const { jobs } = await loadJobs(jobsFile, { ledger: 'given' });
  let system: LocalSystem | undefined;
  let served: SystemConsole | undefined;
  let port = 0;

  const start = async () => {
    const describe = makeEventDescriber();
    system = await startLocalSystem({
      stateFolder,
      functions,
      jobs,
      jobsFile,
      gatewayPort: 0,
      onEvent: (event) => served?.observe(event, describe(event)),
    });
    served = await startSystemConsole({ system, jobs, jobsFile, port });
    port = Number(new URL(served.url).port);
  };
  const stop = async () => {
    await served?.close();
    await system?.close();
    served = undefined;
    system = undefined;
  };
  await start();

  return {
    get url() {
      return `http://127.0.0.1:${port}/`;
    },
    get system() {
      if (!system) throw new Error('look at the local system: it is stopped');
      return system;
    },
    jobsFile,
    stateFolder,
    start,
    stop,
    remove: async () => {
      await stop();
      process.chdir(before);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
