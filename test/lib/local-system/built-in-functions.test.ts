import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { LOCAL_FUNCTIONS } from '../../../lib/local-system/local-functions.ts';
import { type LocalSystem, type SystemEvent, startLocalSystem } from '../../../lib/local-system/local-system.ts';
import { makeClient } from '../../../packages/local-cloud/test/cloud/functiongraph/client.ts';
import { makePackage } from '../../../packages/local-cloud/test/cloud/functiongraph/package.ts';

const JOBS = `
version: 1
region: ap-southeast-3
jobs:
  restore:
    on:
      object_created: { bucket: redis-backups, key: "**" }
    backup_import:
      target_instance: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
`;

const CODE = `
exports.initializer = (context, callback) => callback(null, '');
exports.handler = async () => ({});
`;
const PROJECT_ID = '0605767a3300d5762fb7c0186d9e1779';
const URN = `urn:fss:ap-southeast-3:${PROJECT_ID}:function:default:landed`;
const CONFIG = {
  func_name: 'landed',
  runtime: 'Node.js20.15',
  handler: 'index.handler',
  memory_size: 256,
  timeout: 30,
};

describe('the built functions', () => {
  let home: string;
  let system: LocalSystem;
  let events: SystemEvent[];

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'built-'));
    await writeFile(path.join(home, 'project-id'), PROJECT_ID);
    events = [];
    await mkdir(path.join(home, 'code'));
    await writeFile(
      path.join(home, 'code/index.js'),
      'exports.initializer = (context, callback) => callback(); exports.handler = async () => ({ statusCode: 200, headers: {}, body: "built", isBase64Encoded: false });',
    );
    system = await startLocalSystem({
      stateFolder: home,
      functions: LOCAL_FUNCTIONS.map(({ name }) => ({ name, folder: path.join(home, 'code') })),
      jobs: (await parseJobs(JOBS, 'yaml', { ledger: 'given' })).jobs,
      gatewayPort: 0,
      onEvent: (event) => events.push(event),
    });
  }, 30_000);

  afterEach(async () => {
    await system.close();
    await rm(home, { recursive: true });
  });

  it('are paused while anything is deployed, so that a file, a request or a tick never reaches two functions', async () => {
    const call = makeClient(system.cloud.url, { ...system.keys, projectId: PROJECT_ID });
    const invoked = () => new Set(events.flatMap((event) => (event.kind === 'result' ? [event.functionName] : [])));
    const until = async (condition: () => boolean) => {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const changed = async (key: string) => {
      await system.cloud.obs.put('redis-backups', key, Readable.from([Buffer.from(key)]), {
        contentType: 'text/plain',
        metadata: {},
      });
      await until(() => events.some((event) => event.kind === 'object' && event.change.key === key));
      return events.flatMap((event) =>
        event.kind === 'object' && event.change.key === key ? event.functionNames : [],
      );
    };
    const ask = async () => (await fetch(`${system.gateway.url}/jobs`)).status;

    expect([await changed('one'), await ask(), system.isResting()]).toEqual([['backup-landed'], 200, false]);
    await call('createFunction', {
      body: {
        ...CONFIG,
        package: 'default',
        code_type: 'zip',
        code_filename: 'a.zip',
        func_code: { file: makePackage({ 'index.js': CODE }) },
      },
    });
    await call('createFunctionTrigger', {
      function_urn: URN,
      body: { trigger_type_code: 'OBS', event_data: { bucket: 'redis-backups', events: ['s3:ObjectCreated:*'] } },
    });
    await until(() => invoked().has('backup-landed'));
    events = [];
    expect([await changed('two'), await ask(), system.isResting()]).toEqual([['landed'], 404, true]);
    await until(() => invoked().has('landed'));
    expect([...invoked()].filter((name) => name !== 'reconcile')).toEqual(['landed']);
    expect(events.filter(({ kind }) => kind === 'tick')).toEqual([]);

    await call('deleteFunction', { function_urn: URN });

    expect([await changed('three'), await ask(), system.isResting()]).toEqual([['backup-landed'], 200, false]);
    await until(() => events.some(({ kind }) => kind === 'tick'));
  }, 20_000);
});
