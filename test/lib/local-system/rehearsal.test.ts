import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readFailureReports } from '../../../lib/cli/invoke/failure-reports.ts';
import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { LOCAL_FUNCTIONS } from '../../../lib/local-system/local-functions.ts';
import { type LocalSystem, type SystemEvent, startLocalSystem } from '../../../lib/local-system/local-system.ts';
import { playScenario } from '../../../lib/local-system/play-scenario.ts';
import { RegionControl } from '../../../lib/local-system/region-control.ts';
import { parseScenario } from '../../../lib/local-system/scenario.ts';
import { readSystemFile, type SystemFile } from '../../../lib/local-system/system-file.ts';
import { makeFolderStore } from '../../../lib/runs/ledger/folder-store.ts';
import { makeLedger } from '../../../lib/runs/ledger/ledger.ts';
import { listPauses, resume } from '../../../lib/runs/ledger/pauses.ts';

const JOBS = `
version: 1
region: ap-southeast-3
jobs:
  restore:
    on:
      object_created: { bucket: redis-backups, key: "prod/**" }
    backup_import: &import
      target_instance: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
  nightly:
    on: { schedule: { cron: "CRON_TZ=UTC 0 0 2 * * ?" } }
    backup_import: { target_instance: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }, backup_files: &files { file_source: self_build_obs, bucket_name: redis-backups, files: [ { file_name: a.rdb } ] } }
  on-demand:
    on: { request: { accepts: [description] } }
    backup_import: { target_instance: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }, backup_files: *files }
`;
/** It returns when it ran and what for. */
const CODE = `
exports.initializer = (context, callback) => callback(null, '');
exports.handler = async (event) => {
  const decode = (text) => text && decodeURIComponent(text);
  const key = decode((event.Records?.[0].obs ?? event.Records?.[0].s3)?.object.key);
  const seen = { at: Date.now(), ...(key ? { key } : {}), ...(event.time ? { time: event.time } : {}), ...(event.body ? { body: Buffer.from(event.body, 'base64').toString() } : {}) };
  return event.httpMethod ? { statusCode: 202, headers: {}, body: '', isBase64Encoded: false, ...seen } : seen;
};
`;
const HOUR_MS = 3_600_000;

let home: string;
let system: LocalSystem;
let file: SystemFile;
let events: SystemEvent[] = [];
let control: RegionControl;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rehearsal-'));
  await mkdir(path.join(home, 'code'));
  await writeFile(path.join(home, 'code/index.js'), CODE);
  system = await startLocalSystem({
    stateFolder: home,
    functions: LOCAL_FUNCTIONS.map(({ name }) => ({ name, folder: path.join(home, 'code') })),
    jobs: (await parseJobs(JOBS, 'yaml', { ledger: 'given' })).jobs,
    gatewayPort: 0,
    onEvent: (event) => events.push(event),
  });
  file = (await readSystemFile(home)) as SystemFile;
  control = new RegionControl(file);
}, 30_000);

afterAll(async () => {
  await system.close();
  await rm(home, { recursive: true });
});

beforeEach(() => {
  events = [];
});

afterEach(() => control.clear());

const resultsOf = (name: string) =>
  events.flatMap((event) => {
    if (event.kind !== 'result' || event.functionName !== name) return [];
    const { result } = event;
    return [result.ok ? (JSON.parse(result.payload) as { at: number; key?: string; time?: string }) : result.cause];
  });
const keys = () => resultsOf('backup-landed').map((seen) => (typeof seen === 'object' ? seen.key : seen));
const drop = (key: string) => control.upload('redis-backups', key, Buffer.from('REDIS0009'));
/** A moment of the region's time, and everything that began in it. */
const settle = () => control.advance(1);

describe('the clock of the local system', () => {
  it("moves timers and the functions' own time forward, each tick at its own instant", async () => {
    const before = (await control.time()).now.getTime();

    await control.advance(24 * HOUR_MS);

    const after = (await control.time()).now.getTime();
    expect(after - before).toBeGreaterThanOrEqual(24 * HOUR_MS);
    expect(after - before).toBeLessThan(24 * HOUR_MS + 60_000);
    const [nightly, ...more] = resultsOf('schedule') as { at: number; time: string }[];
    expect(more).toEqual([]);
    expect(nightly?.time).toMatch(/T02:00:00\+00:00$/);
    expect((nightly?.at ?? 0) - Date.parse(nightly?.time ?? '')).toBeLessThan(1_000);
    expect(new Set(resultsOf('reconcile').map((seen) => (seen as { at: number }).at))).toHaveProperty('size', 288);
  }, 60_000);

  it('runs 100 times as fast, with a reconcile as often as deployed', async () => {
    await control.setRate(100);
    const { now, rate } = await control.time();
    const begin = Date.now();
    while (resultsOf('reconcile').length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const realMs = Date.now() - begin;
    const passedMs = (await control.time()).now.getTime() - now.getTime();
    await control.setRate(1);

    expect(rate).toBe(100);
    expect(realMs).toBeLessThan(12_000);
    expect(passedMs).toBeGreaterThan(20 * realMs);
  }, 30_000);
});

describe('notifications', () => {
  it('are lost, delayed and sent twice, for the objects that a fault names', async () => {
    await control.add('notification=lost,key=prod/lost*');
    await control.add('notification=delayed,bucket=redis-backups,key=prod/late,by=2h');
    await control.add('notification=twice,key=prod/twice');

    for (const key of ['prod/lost-1', 'prod/late', 'prod/twice', 'prod/once', 'prod/lost-2']) await drop(key);
    await settle();
    expect(keys().sort()).toEqual(['prod/lost-2', 'prod/once', 'prod/twice', 'prod/twice']);
    await control.advance(2 * HOUR_MS - 120_000);
    expect(keys()).not.toContain('prod/late');
    await control.advance(120_000);
    expect(keys()).toContain('prod/late');
    expect(await control.faults()).toEqual([]);
  }, 30_000);
});

describe('timers', () => {
  it('are stopped by name, and tick on demand', async () => {
    await control.add('timer=stopped,name=reconcile');

    await control.advance(26 * HOUR_MS);
    expect([resultsOf('reconcile').length, resultsOf('schedule').length]).toEqual([0, 1]);
    await control.tick('reconcile');
    expect(resultsOf('reconcile')).toHaveLength(1);
    await control.undo('timer=stopped,name=reconcile');
    await control.advance(600_000);
    expect(resultsOf('reconcile').length).toBeGreaterThan(1);
    await expect(control.tick('other')).rejects.toThrow('tick other: no timer trigger or function has this name');
  }, 30_000);
});

describe('functions', () => {
  it.each([
    ['fail', 'code_error'],
    ['timeout', 'timed_out'],
  ])(
    'end with %s, and the event comes to the failure destination when every attempt does',
    async (kind, cause) => {
      await control.add(`function=${kind},name=backup-landed,times=4`);

      await drop('prod/unlucky');
      await control.advance(HOUR_MS);
      await drop('prod/lucky');
      await settle();

      expect(keys()).toEqual([cause, cause, cause, cause, 'prod/lucky']);
      const messages = system.cloud.messages().filter(({ topicUrn }) => topicUrn.endsWith(':failed-events'));
      const message = messages.at(-1)?.message ?? '';
      expect(readFailureReports(message)).toMatchObject([{ functionName: 'backup-landed' }]);
      expect(message).toContain('prod%2Funlucky');
    },
    30_000,
  );
});

describe('a scenario', () => {
  it('is played step by step: its faults, what happens, and the time between', async () => {
    const jobs = (await parseJobs(JOBS, 'yaml', { ledger: 'given' })).jobs;
    const said: string[] = [];
    const scenario = await parseScenario(`
title: A storm while reconcile is frozen
runbook: reconcile-has-not-run
clock: 100
faults: [ "timer=stopped,name=reconcile" ]
steps:
  - upload: { bucket: redis-backups, key: "prod/storm-{n}", text: "file {n}" }
    repeat: 3
  - request: { job: on-demand, body: { description: "number {n}" }, idempotency_key: "key-{n}" }
    repeat: 2
  - after: 10m
    faults: [ "notification=lost" ]
  - tick: nightly
  - advance: 1h
  - undo: [ "timer=stopped,name=reconcile" ]
  - clock: 1
`);
    const before = (await control.time()).now.getTime();

    await playScenario(scenario, { system: file, stateFolder: home, jobs, say: (line) => said.push(line) });
    await settle();

    expect(keys().sort()).toEqual(['prod/storm-1', 'prod/storm-2', 'prod/storm-3']);
    expect((await system.cloud.obs.bytes('redis-backups', 'prod/storm-2'))?.toString()).toBe('file 2');
    expect(resultsOf('webhook')).toMatchObject([
      { body: '{"description":"number 1"}' },
      { body: '{"description":"number 2"}' },
    ]);
    expect(resultsOf('schedule').length).toBeGreaterThanOrEqual(1);
    expect((await control.faults()).map(({ fault }) => fault)).toEqual(['notification=lost']);
    expect((await control.time()).now.getTime() - before).toBeGreaterThanOrEqual(70 * 60_000);
    expect(said).toContain('upload         redis-backups/prod/storm-3');
    expect(said).toContain('request        on-demand: 202');
  }, 30_000);

  it('pauses a job, or all, as somebody else', async () => {
    const jobs = (await parseJobs(JOBS, 'yaml', { ledger: 'given' })).jobs;
    const play = async (name: string) => {
      const scenario = await parseScenario(`title: x\nrunbook: x\nsteps:\n  - pause: ${name}\n`);
      await playScenario(scenario, { system: file, stateFolder: home, jobs, say: () => undefined });
    };

    await expect(play('restroe')).rejects.toThrow('step 1: pause restroe: no such job; did you mean "restore"?');
    await play('restore');
    await play('all');

    const ledger = makeLedger(makeFolderStore(path.join(home, 'ledger')), 'test', Date.now);
    expect(await listPauses(ledger)).toMatchObject([
      { by: 'somebody', why: 'a rehearsal' },
      { job: 'restore', by: 'somebody', why: 'a rehearsal' },
    ]);
    await resume(ledger);
    await resume(ledger, 'restore');
  });

  it('ends at the first step that cannot be done, and says which', async () => {
    const jobs = (await parseJobs(JOBS, 'yaml', { ledger: 'given' })).jobs;
    const scenario = await parseScenario(
      'title: x\nrunbook: x\nsteps:\n  - tick: reconcile\n  - request: { job: restore }\n  - tick: reconcile\n',
    );

    await expect(
      playScenario(scenario, { system: file, stateFolder: home, jobs, say: () => undefined }),
    ).rejects.toThrow('step 2: request: no job restore can be started by a request');
  });

  it('says which request had no response', async () => {
    const jobs = (await parseJobs(JOBS, 'yaml', { ledger: 'given' })).jobs;
    const scenario = await parseScenario('title: x\nrunbook: x\nsteps:\n  - request: { job: on-demand }\n');
    const ended = { ...file, gateway_url: 'http://127.0.0.1:1' };

    await expect(
      playScenario(scenario, { system: ended, stateFolder: home, jobs, say: () => undefined }),
    ).rejects.toThrow(
      'step 1: POST http://127.0.0.1:1/jobs/on-demand/runs: no response; the local system may have ended without removing its file',
    );
  });
});
