import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { generate } from 'openapi-typescript-codegen';
import { Webhook } from 'standardwebhooks';
import { loadJobs } from '../../../lib/jobs/load-jobs.ts';
import { localSigningSecret } from '../../../lib/local-system/local-secret.ts';
import { type LocalSystem, startLocalSystem } from '../../../lib/local-system/local-system.ts';
import { copyOfFunctions } from '../../fixtures/built-functions.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NETWORK = `
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7`;
const JOBS = `
version: 1
region: ap-southeast-3
jobs:
  move-cache:
    on: { request: { accepts: [description] } }
    online_migration:
      name: cache${NETWORK}
  partner-move:
    on: { request: { accepts: [description], auth: { standard_webhooks: [ { user_data: PARTNER_SECRET } ] } } }
    online_migration:
      name: partner${NETWORK}
  pipeline-move:
    on: { request: { auth: { bearer: [ { user_data: PIPELINE_TOKEN } ] } } }
    online_migration:
      name: pipeline${NETWORK}
`;
const run = promisify(execFile);
/** Needed by one test, and not on every machine; nothing else is asked of a machine than Node.js and npm. */
const itWithCurl = spawnSync('curl', ['--version']).status === 0 ? it : it.skip;

type Call = (options: object) => Promise<Record<string, unknown>>;
interface Client {
  readonly OpenAPI: { BASE: string; TOKEN?: string };
  readonly RunsService: { readonly startRun: Call; readonly showRun: Call; readonly listOpenRuns: Call };
  readonly JobsService: { listJobs(): Promise<{ readonly jobs: readonly { readonly name: string }[] }> };
  readonly AboutService: { health(): Promise<unknown> };
}

// Processes of several clients beside those of the functions.
jest.setTimeout(60_000);

/** The system of `npm start`, with a jobs file and a folder of its own. */
describe('third-party clients', () => {
  let home: string;
  let system: LocalSystem;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'clients-'));
    const jobsFile = join(home, 'migrations.yml');
    await writeFile(jobsFile, JOBS);
    system = await startLocalSystem({
      stateFolder: join(home, 'state'),
      functions: await copyOfFunctions({ jobsFile, out: join(home, 'functions'), ledger: 'given' }),
      jobs: (await loadJobs(jobsFile, { ledger: 'given' })).jobs,
      gatewayPort: 0,
      onEvent: () => undefined,
    });
  }, 60_000);
  afterAll(async () => {
    await system.close();
    await rm(home, { recursive: true });
  });

  itWithCurl('curl starts a run, finds it under the same key, and reads it', async () => {
    const curl = async (...args: string[]) => (await run('curl', ['-sS', '--max-time', '20', ...args])).stdout;
    const start = [`${system.gateway.url}/jobs/move-cache/runs`, '-H', 'idempotency-key: curl-1'];
    const body = ['-H', 'content-type: application/json', '-d', '{"description":"by hand"}'];

    const first = await curl('-i', ...start, ...body);
    const again = await curl('-o', '/dev/null', '-w', '%{http_code}', ...start, ...body);
    const [, location] = /^location: (.+?)\r?$/im.exec(first) ?? [];
    const shown = JSON.parse(await curl(`${system.gateway.url}${location}`));

    expect(first).toMatch(/^HTTP\/1\.1 201 /);
    expect(again).toBe('200');
    expect(shown).toMatchObject({ job: 'move-cache', task: { kind: 'online_migration' } });
  });

  it('only signatures like those of the standardwebhooks library are accepted', async () => {
    const webhook = new Webhook(localSigningSecret('PARTNER_SECRET'));
    const payload = JSON.stringify({ description: 'signed by the library' });
    const send = (id: string, at: Date, signed: string) =>
      fetch(`${system.gateway.url}/jobs/partner-move/runs`, {
        method: 'POST',
        body: payload,
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': webhook.sign(id, at, signed),
        },
      });
    const now = new Date();

    const first = await send('msg_1', now, payload);
    const replayed = await send('msg_1', now, payload);
    const tampered = await send('msg_2', now, `${payload} `);
    const old = await send('msg_3', new Date(now.getTime() - 360_000), payload);

    expect([first.status, replayed.status, tampered.status, old.status]).toEqual([201, 200, 404, 404]);
  });

  it('a client generated from docs/openapi.json starts, reads and lists runs', async () => {
    const output = join(home, 'client');
    await generate({
      input: join(ROOT, 'docs/openapi.json'),
      output,
      httpClient: 'fetch',
      useOptions: true,
      useUnionTypes: true,
    });
    await build({
      entryPoints: [join(output, 'index.ts')],
      outfile: join(output, 'client.cjs'),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
    });
    const client = createRequire(import.meta.url)(join(output, 'client.cjs')) as Client;
    client.OpenAPI.BASE = system.gateway.url;
    client.OpenAPI.TOKEN = 'local-PIPELINE_TOKEN';

    const jobs = await client.JobsService.listJobs();
    const started = await client.RunsService.startRun({ job: 'pipeline-move', idempotencyKey: 'client-1' });
    const shown = await client.RunsService.showRun({ job: 'pipeline-move', run: started['run'] });
    const open = await client.RunsService.listOpenRuns({ job: 'pipeline-move', state: 'open' });

    expect(jobs.jobs.map(({ name }) => name).sort()).toEqual(['move-cache', 'pipeline-move']);
    expect(started).toMatchObject({ job: 'pipeline-move', outcome: 'created' });
    expect(shown).toMatchObject({ run: started['run'], task: started['task'] && expect.any(Object) });
    expect(open).toMatchObject({ left: 0 });
    expect(await client.AboutService.health()).toEqual({ status: 'ok' });
    await expect(
      client.RunsService.startRun({ job: 'move-cache', requestBody: { description: 7 } }),
    ).rejects.toMatchObject({ status: 422, body: { code: 'invalid_fields' } });
  });
});
