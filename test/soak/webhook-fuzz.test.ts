import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { fakePlatform } from '../fakes/platform-context.ts';
import { buildForTest } from '../fixtures/built-functions.ts';

/** 100,000 in the soak run. */
const REQUESTS = process.env['SOAK'] ? 100_000 : 5_000;
const MAX_GROWTH_MB = 64;

const JOBS = `
version: 1
region: ap-southeast-3
targets:
  cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { user_data: CACHE_PASSWORD } }
jobs:
  import:
    on: { request: { accepts: [backup_files] } }
    backup_import: { target_instance: cache, description: "{{ request.body.note }}" }
  partner:
    on: { request: { auth: { standard_webhooks: [ { user_data: PARTNER } ] } } }
    backup_import: { target_instance: cache, backup_files: { file_source: self_build_obs, bucket_name: b, files: [ { file_name: a.rdb } ] } }
  pipeline:
    on: { request: { auth: { bearer: [ { user_data: PIPELINE } ] } } }
    backup_import: { target_instance: cache, backup_files: { file_source: self_build_obs, bucket_name: b, files: [ { file_name: a.rdb } ] } }
`;
const SECRETS = {
  CACHE_PASSWORD: 'Redis!Pass-of-the-fuzz',
  PARTNER: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  PIPELINE: 'pipeline-token-0123456789',
};

const RUN = '0123456789abcdef0123456789abcdef';
const segment = fc.oneof(
  fc.constantFrom('jobs', 'runs', 'import', 'partner', 'pipeline', 'cancel', 'health', '', '.', '..', '%2f', RUN),
  fc.string({ maxLength: 20 }),
);
const path = fc.oneof(
  fc.constantFrom(
    '/jobs',
    '/jobs/import/runs',
    '/jobs/partner/runs',
    '/jobs/pipeline/runs',
    '/jobs/nobody/runs',
    '/health',
  ),
  // A run that was never started is not looked for in the cloud where the caller is not known.
  fc.constantFrom(`/jobs/partner/runs/${RUN}`, `/jobs/pipeline/runs/${RUN}/cancel`, `/jobs/nobody/runs/${RUN}`),
  fc.array(segment, { maxLength: 7 }).map((segments) => `/${segments.join('/')}`),
  fc.string(),
);
const value = fc.oneof(
  fc.string(),
  fc.constantFrom('application/json', 'v1,', 'Bearer x', 'gzip', '1700000000', '\r\nx: y'),
);
const headers = fc.dictionary(
  fc.oneof(
    fc.constantFrom('content-type', 'authorization', 'idempotency-key', 'webhook-id', 'webhook-timestamp'),
    fc.constantFrom('webhook-signature', 'content-encoding', 'x-request-id', 'Content-Type', '__proto__'),
    fc.string(),
  ),
  value,
  { maxKeys: 6 },
);
// Never the fields that would start something: `note` is what the one open job can't do without, and it is never a scalar here.
const body = fc.oneof(
  fc.json({ maxDepth: 6 }),
  fc.string(),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc
    .dictionary(fc.constantFrom('backup_files', 'a', '__proto__', 'description', 'x/y'), fc.jsonValue())
    .map((object) => JSON.stringify(object)),
  fc.nat({ max: 3_000 }).map((depth) => '['.repeat(depth)),
);
const event = fc.record(
  {
    httpMethod: fc.constantFrom('GET', 'POST', 'PUT', 'get', 'HEAD', 'x', '__proto__', ''),
    path,
    headers: fc.oneof({ weight: 9, arbitrary: headers }, { weight: 1, arbitrary: fc.jsonValue() }),
    queryStringParameters: fc.oneof(
      fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
      fc.constantFrom({}, { state: 'open' }, null),
    ),
    pathParameters: fc.constantFrom({}, { '': 'x' }),
    requestContext: fc.oneof(
      {
        weight: 9,
        arbitrary: fc.record({ requestId: fc.uuid(), apiId: fc.constant('a'), stage: fc.constant('RELEASE') }),
      },
      { weight: 1, arbitrary: fc.jsonValue() },
    ),
    body: body.map((text) => Buffer.from(text).toString('base64')),
    isBase64Encoded: fc.boolean(),
  },
  { requiredKeys: ['httpMethod', 'path'] },
);

/** What is still in use: after a collection. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode: number; headers: object; body: string }>;

describe('the webhook under random requests', () => {
  let built: Awaited<ReturnType<typeof buildForTest>>;
  let cloud: LocalCloud;
  beforeAll(async () => {
    built = await buildForTest(JOBS);
    cloud = await startLocalCloud({
      accounts: [
        {
          accessKey: 'AK-1',
          secretKey: 'SK-secret-1',
          securityToken: 'TOKEN-secret-1',
          projectId: '0123456789abcdef0123456789abcdef',
          domainId: 'fedcba9876543210fedcba9876543210',
        },
      ],
      clock: new Clock({ frozenAt: Date.parse('2026-03-14T00:00:00Z') }),
    });
  }, 60_000);
  afterAll(async () => {
    await cloud.close();
    await built.remove();
  });

  it(
    'never responds with 5xx, fails, calls the cloud or grows, and always responds as the gateway requires',
    async () => {
      const { handler } = createRequire(import.meta.url)(built.folderOf('webhook')) as { handler: Handler };
      const written: string[] = [];
      // biome-ignore lint/suspicious/noConsole: what the function logs is looked at
      const log = console.log;
      console.log = (line: string) => {
        written.push(line);
        written.splice(0, written.length - 20);
      };
      const context = fakePlatform({
        userData: { HUAWEICLOUD_DCS_ENDPOINT: cloud.url, HUAWEICLOUD_SMS_ENDPOINT: cloud.url, ...SECRETS },
      });
      const statuses = new Map<number, number>();
      let warm = 0;
      let requests = 0;
      try {
        await fc.assert(
          fc.asyncProperty(event, async (given) => {
            const answer = await handler(given, context);

            requests += 1;
            statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
            if (requests === Math.floor(REQUESTS / 5)) warm = heapBytes();
            expect(Object.keys(answer).sort()).toEqual(['body', 'headers', 'isBase64Encoded', 'statusCode']);
            expect(answer.statusCode).toBeGreaterThanOrEqual(200);
            expect(answer.statusCode).toBeLessThan(500);
            expect(
              Object.values(answer.headers).every((header) => typeof header === 'string' && !/[\r\n]/.test(header)),
            ).toBe(true);
            expect(JSON.parse(answer.body)).toBeInstanceOf(Object);
            const seen = answer.body + written.join('');
            for (const secret of Object.values(SECRETS)) expect(seen).not.toContain(secret);
          }),
          { numRuns: REQUESTS },
        );
      } finally {
        console.log = log;
      }

      expect(cloud.requests).toEqual([]);
      expect((heapBytes() - warm) / 1024 / 1024).toBeLessThan(MAX_GROWTH_MB);
      // Random, and yet not all turned away at the door.
      expect([...statuses.keys()].sort()).toEqual(expect.arrayContaining([200, 400, 404, 405, 415]));
    },
    REQUESTS * 20,
  );
});
