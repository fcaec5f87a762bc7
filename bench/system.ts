import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { build } from 'esbuild';
import { buildFunctions } from '../lib/build/build-functions.ts';
import { ROOT } from '../lib/build/package-root.ts';
import { makeSampleRdb } from '../lib/local-system/sample-rdb.ts';
import { Clock } from '../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../packages/local-cloud/src/cloud/local-cloud.ts';
import { type StubDcs, startStubDcs } from './stub-dcs.ts';

/** At least the number of concurrent deliveries, so that none waits for another's target. */
export const TARGETS = 100;
const NO_ATTRIBUTES = { contentType: undefined, metadata: {} };
const PASSWORD = 'Redis!Pass-of-the-bench';
const PROJECT_ID = '0123456789abcdef0123456789abcdef';

/** The subjects to measure and the services that they call. */
export interface System {
  /** `backup-landed`, `schedule`, `webhook`, `reconcile` as built by `npm run build`. */
  moduleOf(name: string): string;
  /** `backup-landed` with a code cache. */
  readonly cachedModule: string;
  readonly baselines: {
    readonly sample: string;
    readonly bundledSample: string;
    readonly floor: string;
    readonly empty: string;
  };
  readonly cloud: LocalCloud;
  readonly dcs: StubDcs;
  /** The variables of a function that uses this jobs file and this DCS. */
  userData(jobs: unknown, dcsUrl: string): Promise<Record<string, string>>;
  /** Creates a new folder for the files of a figure. */
  newFolder(): Promise<string>;
  close(): Promise<void>;
}

export async function startSystem(): Promise<System> {
  const home = await mkdtemp(join(tmpdir(), 'bench-'));
  const functions = join(home, 'functions');
  await buildFunctions({ out: functions });
  const cached = join(home, 'cached');
  await buildFunctions({ out: cached, names: ['backup-landed'], codeCache: true });
  const bundledSample = join(home, 'sample-handler.js');
  const sample = join(ROOT, 'bench/baselines/sample-handler.cjs');
  const plain = { bundle: true, platform: 'node', target: 'node20.15', minify: true, logLevel: 'error' } as const;
  // Silences warnings about the SDK's optional package and a file that only its builder needs.
  await build({
    ...plain,
    entryPoints: [sample],
    outfile: bundledSample,
    logOverride: { 'require-resolve-not-external': 'silent' },
  });
  const dcs = await startStubDcs({ status: 'SUCCESS' });
  const cloud = await startLocalCloud({
    accounts: [
      {
        accessKey: 'AK-1',
        secretKey: 'SK-secret-1',
        securityToken: 'TOKEN-secret-1',
        projectId: PROJECT_ID,
        domainId: PROJECT_ID,
      },
    ],
    instances: Array.from({ length: TARGETS }, (_, i) => ({ id: targetId(i), name: `cache-${i}`, password: PASSWORD })),
    // An import ends immediately.
    clock: new Clock({ speed: 1e6 }),
    obs: { buckets: [{ name: 'ops-ledger' }, { name: 'backups' }] },
    objectExists: () => true,
  });
  for (let i = 0; i < TARGETS; i++)
    await cloud.obs.put('backups', `t${i}/dump.rdb`, Readable.from([makeSampleRdb({ key: 'value' })]), NO_ATTRIBUTES);
  return {
    moduleOf: (name) => join(functions, name),
    cachedModule: join(cached, 'backup-landed'),
    baselines: {
      sample,
      bundledSample,
      floor: join(ROOT, 'bench/baselines/floor.cjs'),
      empty: join(ROOT, 'bench/baselines/empty.cjs'),
    },
    cloud,
    dcs,
    userData: async (jobs, dcsUrl) => {
      const file = join(await mkdtemp(join(home, 'jobs-')), 'migrations.json');
      await writeFile(file, JSON.stringify(jobs));
      return {
        MIGRATIONS_FILE: file,
        HUAWEICLOUD_DCS_ENDPOINT: dcsUrl,
        HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl,
        CACHE_PASSWORD: PASSWORD,
        TARGET_ID: targetId(0),
        LOG_LEVEL: 'error',
      };
    },
    newFolder: () => mkdtemp(join(home, 'folder-')),
    close: async () => {
      await cloud.close();
      await dcs.close();
      await rm(home, { recursive: true });
    },
  };
}

function targetId(i: number): string {
  return `d2c8399f-bdba-43c1-8069-${i.toString(16).padStart(12, '0')}`;
}

interface JobsFileOptions {
  readonly ledger: boolean;
  /** Number of jobs: one per target; jobs beyond that match objects that never arrive. @default the number of targets */
  readonly jobs?: number;
  /** @default 'refuse', the default of the jobs file */
  readonly preflight?: 'refuse' | 'off';
}

/** A jobs file with the given number of jobs. */
export function jobsFile({ ledger, jobs = TARGETS, preflight = 'refuse' }: JobsFileOptions): unknown {
  const names = Array.from({ length: jobs }, (_, i) => i);
  return {
    version: 1,
    region: 'ap-southeast-3',
    ...(ledger ? { ledger: { obs: { bucket: 'ops-ledger', prefix: 'migrations/' } } } : {}),
    targets: Object.fromEntries(
      Array.from({ length: TARGETS }, (_, i) => [
        `cache-${i}`,
        { id: targetId(i), password: { user_data: 'CACHE_PASSWORD' } },
      ]),
    ),
    jobs: Object.fromEntries(
      names.map((i) => [
        `import-${i}`,
        {
          on: { object_created: { bucket: 'backups', key: `t${i}/**/*.rdb` } },
          ...(ledger ? { limit: { runs: 100_000, per: '1h' } } : {}),
          preflight,
          backup_import: { target_instance: `cache-${i % TARGETS}` },
        },
      ]),
    ),
  };
}

/**
 * An event with the given number of created objects. In its strings, `#` stands for a number that is new in each invocation, and `@` for its last
 * two digits, so that a single object goes to each target in turn.
 */
export async function landedEvent(records = 1, keyOf = keyOfTarget(records)): Promise<unknown> {
  const text = await readFile(join(ROOT, 'test/fixtures/events/obs-legacy-put.json'), 'utf8');
  const [record] = JSON.parse(text).Records;
  const landed = (i: number) => ({
    ...record,
    s3: {
      ...record.s3,
      bucket: { ...record.s3.bucket, name: 'backups' },
      object: {
        ...record.s3.object,
        key: keyOf(i),
        // Absent, so that each event is about the object in the bucket; the sequencer makes it a new one.
        eTag: undefined,
        size: undefined,
        sequencer: `#-${i}`,
      },
    },
  });
  return { Records: Array.from({ length: records }, (_, i) => landed(i)) };
}

function keyOfTarget(records: number): (i: number) => string {
  return (i) => `t${records === 1 ? '@' : i % TARGETS}/dump.rdb`;
}
