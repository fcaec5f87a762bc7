import { spawn } from 'node:child_process';
import { chmod, readdir } from 'node:fs/promises';
import path from 'node:path';
import { makeClient } from '../../../packages/local-cloud/test/cloud/functiongraph/client.ts';
import { type ConsoleSystem, startConsoleSystem } from '../../fixtures/console-system.ts';

const JOBS = `
version: 1
region: ap-southeast-3
targets:
  staging-cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
jobs:
  restore-staging:
    on:
      object_created: { bucket: redis-backups, key: "prod/**/*.rdb" }
      request: { accepts: [backup_files] }
    backup_import: { target_instance: staging-cache }
`;
const NOBODY = 65_534;

/** Asks as another user, and tries to read and to write files. */
const SCRIPT = `
const { readFileSync, writeFileSync } = require('node:fs');
const { calls, read, write } = JSON.parse(process.argv[1]);
(async () => {
  const outcomes = [];
  for (const [url, options] of calls) outcomes.push((await fetch(url, options)).status);
  for (const file of read) try { readFileSync(file); outcomes.push('read'); } catch ({ code }) { outcomes.push(code); }
  for (const file of write) try { writeFileSync(file, ''); outcomes.push('written'); } catch ({ code }) { outcomes.push(code); }
  process.stdout.write(JSON.stringify(outcomes));
})();`;

interface Tries {
  readonly calls?: readonly (readonly [string, RequestInit?])[];
  readonly read?: readonly string[];
  readonly write?: readonly string[];
}

function tryAs(uid: number, { calls = [], read = [], write = [] }: Tries): Promise<unknown[]> {
  const child = spawn(process.execPath, ['-e', SCRIPT, JSON.stringify({ calls, read, write })], {
    uid,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  return new Promise((resolve) => child.once('close', () => resolve(JSON.parse(out))));
}

// Nobody else can start a process as another user.
const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

asRoot('another user of the machine (needs root)', () => {
  let here: ConsoleSystem;

  beforeAll(async () => {
    here = await startConsoleSystem(JOBS);
    // The test's own folder is not a protection.
    await chmod(here.home, 0o755);
  }, 60_000);
  afterAll(() => here?.close());

  it('reaches nothing of the local system over HTTP', async () => {
    const { cloud, gateway, projectId } = here.system;
    const json = { 'content-type': 'application/json' };
    const forged = 'SDK-HMAC-SHA256 Access=LOCALACCESSKEY000000, SignedHeaders=x-sdk-date, Signature=';
    const change = { ...json, 'x-console': '1' };
    const fault = JSON.stringify({ operation: 'CreateTask', kind: 'html' });
    const calls: [string, RequestInit?][] = [
      [`${cloud.url}/v2/${projectId}/fgs/functions`, { method: 'POST', headers: json, body: '{}' }],
      [`${cloud.url}/v2/${projectId}/fgs/functions`, { headers: { authorization: forged + '0'.repeat(64) } }],
      [`${cloud.url}/v2/${projectId}/migration-tasks`],
      [`${cloud.url}/local/tasks`],
      [`${cloud.url}/local/faults`, { method: 'POST', headers: json, body: fault }],
      [`${cloud.obsUrl}/`],
      [`${cloud.obsUrl}/redis-backups/prod/x.rdb`, { method: 'PUT', body: 'REDIS0011' }],
      [`${cloud.obsUrl}/redis-backups/`, { headers: { authorization: 'AWS LOCALACCESSKEY000000:AAAA' } }],
      [`${gateway.url}/health`],
      [`${gateway.url}/nothing`],
      [`${gateway.url}/jobs/restore-staging/runs`, { method: 'POST', headers: json, body: '{}' }],
      [`${gateway.url}/jobs/restore-staging/runs`, { headers: { 'x-apig-appcode': 'guess' } }],
      [here.console.url],
      [`${here.console.url}api/stream`],
      [`${here.console.url}api/stream?token=guess`],
      [
        `${here.console.url}api/buckets/redis-backups/objects?key=prod/x.rdb`,
        { method: 'PUT', headers: change, body: '' },
      ],
      [`${here.console.url}api/requests`, { method: 'POST', headers: change, body: '{"job":"restore-staging"}' }],
    ];

    const outcomes = await tryAs(NOBODY, { calls });

    expect(outcomes).toEqual([401, 401, 401, 401, 401, 403, 403, 403, 401, 401, 401, 401, 401, 401, 401, 401, 401]);
    expect(cloud.faults.waiting().faults).toEqual([]);
    expect(cloud.tasks()).toEqual([]);
    expect(cloud.functions()).toEqual([]);
    expect(await cloud.obs.bucket('redis-backups').storage.keys('')).toEqual([]);
  }, 60_000);

  it("can't access its files either", async () => {
    const { stateFolder, bucketsFolder } = here.system;
    const read = ['system.json', 'functions.log', 'cloud.json'].map((name) => path.join(stateFolder, name));
    const write = [path.join(bucketsFolder, 'redis-backups', 'prod.rdb'), path.join(stateFolder, 'ledger', 'x')];

    expect(await tryAs(NOBODY, { read, write })).toEqual(Array.from({ length: 5 }, () => 'EACCES'));
    expect(await readdir(path.join(bucketsFolder, 'redis-backups'))).toEqual([]);
  }, 60_000);

  it('is admitted with the token, as the user is without it', async () => {
    const { gateway, cloud, keys } = here.system;
    const shown = (name: string, value: string): RequestInit => ({ headers: { [name]: value } });
    const bearer = `Bearer ${keys.token}`;
    const calls: [string, RequestInit?][] = [
      [`${gateway.url}/health`, shown('x-apig-appcode', keys.token)],
      [`${cloud.url}/local/faults`, shown('authorization', bearer)],
      [`${here.console.url}api/faults/kinds`, shown('authorization', bearer)],
      [`${here.console.url}api/faults/kinds?token=${keys.token}`],
    ];

    expect(await tryAs(NOBODY, { calls })).toEqual([200, 200, 200, 200]);
    expect(await tryAs(0, { calls: [[`${gateway.url}/health`], [here.console.url]] })).toEqual([200, 200]);
  }, 60_000);
});

describe('the keys of a local system', () => {
  it('are different at each start, and unpredictable', async () => {
    const first = await startConsoleSystem(JOBS);
    const second = await startConsoleSystem(JOBS);
    try {
      const secrets = [first, second].flatMap(({ system: { keys } }) => Object.values(keys));
      expect(new Set(secrets).size).toBe(10);
      expect(first.system.projectId).not.toBe(second.system.projectId);
      const call = makeClient(first.system.cloud.url, {
        accessKey: 'LOCALACCESSKEY000000',
        secretKey: 'local-secret-key',
        securityToken: 'local-security-token',
        projectId: first.system.projectId,
      });
      await expect(call('listFunctions', {})).rejects.toThrow('the access key is not known');
    } finally {
      await first.close();
      await second.close();
    }
  }, 90_000);
});
