import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadJobs } from '../../../lib/jobs/load-jobs.ts';
import { type LocalSystem, startLocalSystem } from '../../../lib/local-system/local-system.ts';
import { RegionControl } from '../../../lib/local-system/region-control.ts';
import { makeSampleRdb } from '../../../lib/local-system/sample-rdb.ts';
import { readSystemFile, type SystemFile } from '../../../lib/local-system/system-file.ts';
import { copyOfFunctions } from '../../fixtures/built-functions.ts';
import { runCommand } from '../../fixtures/run-command.ts';

const TOPIC = 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:migrations';
const JOBS = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
jobs:
  restore:
    on:
      object_created: { bucket: redis-backups, key: "**/*.rdb" }
    notify: { smn: "${TOPIC}", on: [waiting, succeeded] }
    backup_import:
      target_instance: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
`;
const HOUR_MS = 3_600_000;

/** The functions as they are deployed, on a clock that is moved. */
describe("the region's clock", () => {
  let folder: string;
  let system: LocalSystem;
  let control: RegionControl;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'region-clock-'));
    const stateFolder = path.join(folder, '.local');
    const jobsFile = path.join(folder, 'migrations.yml');
    await writeFile(jobsFile, JOBS);
    await mkdir(path.join(stateFolder, 'ledger'), { recursive: true });
    system = await startLocalSystem({
      stateFolder,
      functions: await copyOfFunctions({ jobsFile, out: path.join(stateFolder, 'functions'), ledger: 'given' }),
      jobs: (await loadJobs(jobsFile)).jobs,
      jobsFile,
      gatewayPort: 0,
      onEvent: () => undefined,
    });
    control = new RegionControl((await readSystemFile(stateFolder)) as SystemFile);
  }, 60_000);

  afterAll(async () => {
    await system.close();
    await rm(folder, { recursive: true });
  });

  const run = (...args: string[]) => runCommand(args, { cwd: folder });
  const runs = async () => JSON.parse((await run('runs', 'list', '--json')).stdout).runs;

  it('is that of the functions and of commands: a paused run is reported after 1, 4 and 12 hours, within seconds', async () => {
    expect(await run('pause', 'restore')).toMatchObject({ code: 0 });
    await control.upload('redis-backups', 'a.rdb', makeSampleRdb({ a: 'b' }));
    const uploaded = system.cloud.clock.now();

    await control.advance(13 * HOUR_MS);

    const hours = system.cloud.messages().map(({ publishedAt }) => (publishedAt - uploaded) / HOUR_MS);
    expect(hours).toHaveLength(3);
    for (const [index, hour] of [1, 4, 12].entries()) {
      expect(hours[index]).toBeGreaterThanOrEqual(hour);
      expect(hours[index]).toBeLessThan(hour + 0.1);
    }
    expect(await runs()).toMatchObject([{ state: 'waiting' }]);

    const resumed = system.cloud.clock.now();
    expect(await run('resume', 'restore')).toMatchObject({ code: 0 });
    await control.advance(HOUR_MS);

    const [settled] = await runs();
    expect(settled).toMatchObject({ state: 'succeeded' });
    expect(system.cloud.tasks()).toMatchObject([{ status: 'SUCCESS' }]);
    expect(system.cloud.messages().at(-1)?.publishedAt).toBeGreaterThan(resumed);
  }, 60_000);

  it('decides what is of the last day, however far it was moved', async () => {
    await control.advance(36 * HOUR_MS);
    await control.upload('redis-backups', 'b.rdb', makeSampleRdb({ a: 'b' }));
    await control.advance(HOUR_MS);

    expect(await runs()).toMatchObject([{ state: 'succeeded', source: 'obs://redis-backups/b.rdb' }]);
  }, 60_000);

  it('is that of events that commands write', async () => {
    const { stdout } = await run('event', 'timer', '--name', 'reconcile');

    expect(Math.abs(Date.parse(JSON.parse(stdout).time) - system.cloud.clock.now())).toBeLessThan(60_000);
  });
});
