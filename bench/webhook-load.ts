// `node --import tsx bench/webhook-load.ts`: the cost of the webhook compared with a function that does nothing, through the same local gateway, and
// whether refusing a request takes longer for a job that exists.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildFunctions } from '../lib/build/build-functions.ts';
import { startLocalCloud } from '../packages/local-cloud/src/cloud/local-cloud.ts';
import { FunctionHost } from '../packages/local-cloud/src/functiongraph/function-host.ts';
import { startGateway } from '../packages/local-cloud/src/functiongraph/gateway.ts';

const REQUESTS = 200;
const CONCURRENCY = 20;
const INSTANCES = 4;

const JOBS = `
version: 1
region: ap-southeast-3
jobs:
  move:
    on: { request: {} }
    limit: { runs: 100000, per: 1h }
    online_migration: &task
      vpc_id: 5e37b3be-950a-48e1-b498-65b63d336481
      subnet_id: 40f15ed6-7f85-49d5-ba0e-65b940d4812c
      security_group_id: 9df96622-24b7-4813-84b8-ab74552a21d7
  partner:
    on: { request: { auth: { standard_webhooks: [ { user_data: PARTNER } ] } } }
    online_migration: *task
`;
const EMPTY =
  "exports.handler = async () => ({ statusCode: 200, headers: {}, body: '{}', isBase64Encoded: false });\nexports.initializer = (context, callback) => callback(null, '');\n";
const SIGNED = {
  'webhook-id': 'msg_1',
  'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
  'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
};

interface Load {
  readonly what: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly expected: number;
}

const LOADS: readonly Load[] = [
  { what: 'an empty function', method: 'POST', path: '/empty', expected: 200 },
  { what: 'GET /health', method: 'GET', path: '/health', expected: 200 },
  { what: 'GET /jobs', method: 'GET', path: '/jobs', expected: 200 },
  { what: 'POST, a run is started', method: 'POST', path: '/jobs/move/runs', expected: 201 },
  { what: 'POST, no such job', method: 'POST', path: '/jobs/nobody/runs', headers: SIGNED, expected: 404 },
  { what: 'POST, wrong signature', method: 'POST', path: '/jobs/partner/runs', headers: SIGNED, expected: 404 },
];

const home = await mkdtemp(join(tmpdir(), 'bench-'));
await writeFile(join(home, 'migrations.yml'), JOBS);
const built = await buildFunctions({
  jobsFile: join(home, 'migrations.yml'),
  out: join(home, 'built'),
  ledger: 'given',
});
await mkdir(join(home, 'empty'));
await writeFile(join(home, 'empty/index.js'), EMPTY);
const keys = { accessKey: 'AK-1', secretKey: 'SK-secret-1', securityToken: 'TOKEN-secret-1' };
const projectId = '0123456789abcdef0123456789abcdef';
const cloud = await startLocalCloud({
  accounts: [{ ...keys, projectId, domainId: 'fedcba9876543210fedcba9876543210' }],
});
const common = { initializer: 'index.initializer', timeoutSeconds: 30, memoryMb: 256, maxInstances: INSTANCES };
const host = await FunctionHost.start(
  [
    { ...common, name: 'empty', codeFolder: join(home, 'empty') },
    {
      ...common,
      name: 'webhook',
      codeFolder: built.find(({ name }) => name === 'webhook')?.folder ?? '',
      userData: {
        HUAWEICLOUD_DCS_ENDPOINT: cloud.url,
        MIGRATIONS_LEDGER_FOLDER: join(home, 'ledger'),
        PARTNER: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
        LOG_LEVEL: 'error',
        WEBHOOK_ANSWER_SECONDS: '20',
      },
    },
  ],
  { projectId, credentials: keys, onLog: () => undefined },
);
const gateway = await startGateway({
  port: 0,
  routes: [
    { prefix: '/', functionName: 'webhook', timeoutMs: 30_000 },
    { prefix: '/empty', functionName: 'empty', timeoutMs: 30_000 },
  ],
  invoke: (name, event, requestId) => host.invoke(name, event, requestId, {}),
  onResponse: () => undefined,
});

try {
  // The first requests start the instances.
  for (const load of LOADS) await measure(load, CONCURRENCY * 2);
  let base: readonly [number, number] | undefined;
  for (const load of LOADS) {
    const [p50, p99] = await measure(load, REQUESTS);
    base ??= [p50, p99];
    const ratio = (ms: number, of: number) => `${(ms / of).toFixed(1)}x`.padStart(7);
    console.log(
      `${load.what.padEnd(26)} p50 ${p50.toFixed(1).padStart(7)} ms ${ratio(p50, base[0])}   p99 ${p99.toFixed(1).padStart(7)} ms ${ratio(p99, base[1])}`,
    );
  }
} finally {
  await gateway.close();
  await host.close();
  await cloud.close();
  await rm(home, { recursive: true });
}

/** The 50th and 99th percentile in milliseconds. */
async function measure({ method, path, headers = {}, expected }: Load, requests: number): Promise<[number, number]> {
  const times: number[] = [];
  let sent = 0;
  const work = async () => {
    while (sent < requests) {
      sent += 1;
      const started = performance.now();
      const response = await fetch(`${gateway.url}${path}`, { method, headers });
      await response.text();
      times.push(performance.now() - started);
      if (response.status !== expected) throw new Error(`${method} ${path}: ${response.status}, not ${expected}`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(times.length * share) - 1] ?? Number.NaN;
  return [at(0.5), at(0.99)];
}
