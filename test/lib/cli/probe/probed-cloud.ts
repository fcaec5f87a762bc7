import type { AnswersFound } from '../../../../lib/cli/probe/answer.ts';
import { type EventOptions, type OpenedProbe, openProbe } from '../../../../lib/cli/probe/make-world.ts';
import { probeCommand } from '../../../../lib/cli/probe/probe.ts';
import type { Sacrifice } from '../../../../lib/cli/probe/probe-world.ts';
import { checkJobs } from '../../../../lib/jobs/check-jobs.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';
import { readSettings } from '../../../../lib/kernel/settings.ts';
import type { CloudParts } from '../../../../lib/platform/invocation.ts';
import { Clock } from '../../../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import type {
  FunctionGraphSettings,
  ObsSettings,
} from '../../../../packages/local-cloud/src/cloud/local-cloud-options.ts';
import {
  type Answers,
  OPEN_QUESTIONS,
  type QuestionId,
} from '../../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import type { RecordedRequest } from '../../../../packages/local-cloud/src/cloud/recorder.ts';
import { ACCOUNT, call } from '../../../../packages/local-cloud/test/cloud/caller.ts';
import { TEMPLATE } from '../../../../packages/local-cloud/test/cloud/sms/template.ts';

/** As a function has them. */
export const KEYS = { ...ACCOUNT, securityToken: 'TOKEN' };
export const BUCKET = 'ops-ledger';
export const PREFIX = 'migrations/probe/';
export const PASSWORD = 'target-secret';
const WITH_BACKUPS = '11111111-1111-1111-1111-111111111111';
const WITHOUT_BACKUPS = '22222222-2222-2222-2222-222222222222';
/** Which no task has as its target. */
export const SPARE_INSTANCE = '33333333-3333-3333-3333-333333333333';
const GB = 1_073_741_824;
const SOURCES = ['linux-1', 'linux-2', 'linux-3', 'linux-4', 'linux-5'];

export const JOBS = {
  version: 1,
  region: 'ap-southeast-3',
  ledger: { obs: { bucket: BUCKET, prefix: 'migrations/' } },
  targets: {
    cache: { id: WITH_BACKUPS, password: { user_data: 'CACHE_PASSWORD' } },
    other: { id: WITHOUT_BACKUPS, password: { user_data: 'OTHER_PASSWORD' } },
  },
  jobs: {
    restore: {
      on: { object_created: { bucket: 'backups', key: 'prod/**/*.rdb' } },
      backup_import: { target_instance: 'cache' },
    },
  },
};

interface ProbedSettings {
  readonly obs?: Omit<ObsSettings, 'buckets'>;
  readonly functionGraph?: FunctionGraphSettings;
}

/** A cloud with tasks of both kinds, server migrations, and an instance with and one without backups. */
export async function startProbedCloud(
  assume: Answers = {},
  { obs, functionGraph }: ProbedSettings = {},
): Promise<LocalCloud> {
  const clock = new Clock();
  const created = Date.UTC(2026, 0, 1);
  const backups = [1, 2, 3, 4, 5].map((n) => ({
    id: `backup-${n}`,
    status: 'succeed' as const,
    createdAt: created + n * 3_600_000,
  }));
  // With these, the tasks could not be created.
  const { 'clock-skew': skew = 'none', 'sms-account-header': header = 'optional', ...more } = assume;
  const { 'sms-temporary-keys': keys = 'accepted', ...others } = more;
  const cloud = await startLocalCloud({
    accounts: [KEYS],
    clock,
    instances: [
      { id: WITH_BACKUPS, name: 'cache', password: PASSWORD, backups },
      { id: WITHOUT_BACKUPS, name: 'other' },
      { id: SPARE_INSTANCE, name: 'spare', password: PASSWORD },
    ],
    sources: SOURCES.map((id) => ({ id, name: `web-${id}`, osType: 'LINUX' })),
    templates: [TEMPLATE],
    objectExists: (_bucket, key) => !key.endsWith('missing.rdb'),
    obs: { buckets: [{ name: BUCKET }, { name: 'backups' }], ...obs },
    ...(functionGraph ? { functionGraph } : {}),
    assume: others,
  });
  const send = async (path: string, body: unknown) => {
    const { status, text } = await call(cloud, 'POST', path, body, { account: KEYS });
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    clock.advance(120_000);
  };
  for (const name of ['restore-one', 'restore-two'])
    await send(`/v2/${KEYS.projectId}/migration-task`, importBody(name));
  for (const name of ['session-one', 'session-two', 'session-three'])
    await send(`/v2/${KEYS.projectId}/migration/instance`, onlineBody(name));
  for (const source of SOURCES) await send('/v3/tasks', serverBody(source));
  // Only what a probe sends is of interest.
  (cloud.requests as RecordedRequest[]).length = 0;
  cloud.assume({ 'clock-skew': skew, 'sms-account-header': header, 'sms-temporary-keys': keys });
  return cloud;
}

function importBody(name: string) {
  return {
    task_name: name,
    migration_type: 'backupfile_import',
    migration_method: 'full_amount_migration',
    backup_files: { file_source: 'self_build_obs', bucket_name: 'backups', files: [{ file_name: 'dump.rdb' }] },
    target_instance: { id: WITH_BACKUPS, password: PASSWORD },
  };
}

function onlineBody(name: string) {
  return {
    name,
    vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
    subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
    security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
  };
}

function serverBody(source: string) {
  return {
    name: `mig_${source.replace('-', '_')}`,
    type: 'MIGRATE_FILE',
    os_type: 'LINUX',
    source_server: { id: source },
    target_server: {
      name: 'web01',
      vm_id: '',
      disks: [{ name: '/dev/vda', device_use: 'OS', size: 40 * GB, used_size: 8 * GB, physical_volumes: [] }],
    },
    vm_template_id: 'template-1',
    exist_server: false,
    region_name: 'cn-south-1',
    region_id: 'cn-south-1',
    project_name: 'cn-south-1',
    project_id: 'p',
    auto_start: false,
  };
}

/** Settings that lead to this cloud. */
export function environmentOf(cloud: LocalCloud): Record<string, string> {
  return {
    HUAWEICLOUD_SDK_AK: KEYS.accessKey,
    HUAWEICLOUD_SDK_SK: KEYS.secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: KEYS.securityToken,
    HUAWEICLOUD_PROJECT_ID: KEYS.projectId,
    HUAWEICLOUD_DOMAIN_ID: KEYS.domainId,
    ...Object.fromEntries(
      ['DCS', 'SMS', 'ECS', 'IAM', 'SMN'].map((name) => [`HUAWEICLOUD_${name}_ENDPOINT`, cloud.url]),
    ),
    HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl,
  };
}

/** `probe`, with few rounds, which waits for nothing. */
export const QUICK_PROBE = [probeCommand({ rounds: 3, wait: async () => undefined })];

export interface OpenOptions {
  readonly rounds?: number;
  readonly callMs?: number;
  readonly signal?: AbortSignal;
  readonly progress?: (text: string) => void;
  readonly note?: (text: string) => void;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly sacrifice?: Sacrifice;
  readonly event?: EventOptions;
}

/** What clients of this cloud are made from. */
export function partsOf(cloud: LocalCloud): CloudParts {
  const environment = environmentOf(cloud);
  const { jobs, problems } = checkJobs(JOBS);
  if (!jobs) throw new Error(JSON.stringify(problems));
  return {
    settings: readSettings((name) => environment[name]),
    jobs,
    region: jobs.region,
    credentials: () => ({
      accessKey: KEYS.accessKey,
      secretKey: new Secret(KEYS.secretKey),
      securityToken: new Secret(KEYS.securityToken),
    }),
    projectId: () => KEYS.projectId,
    remainingMs: () => 60_000,
  };
}

/** A probe of this cloud, with few rounds. */
export function openProbeOf(cloud: LocalCloud, options: OpenOptions = {}): OpenedProbe {
  return openProbe(partsOf(cloud), {
    place: { bucket: BUCKET, prefix: PREFIX },
    instanceIds: Object.values(JOBS.targets).map(({ id }) => id),
    functionGraph: cloud.url,
    signal: new AbortController().signal,
    progress: () => undefined,
    note: () => undefined,
    rounds: 3,
    ...options,
  });
}

/** The keys of all objects in the ledger's bucket. */
export async function objectsIn(cloud: LocalCloud, bucket = BUCKET): Promise<string[]> {
  const { storage } = cloud.obs.bucket(bucket);
  return storage.keys('');
}

/** The questions with an answer other than the behavior that the local cloud has by default. */
export function differing(answers: AnswersFound): QuestionId[] {
  return [...answers]
    .filter(([, answer]) => !('unanswered' in answer))
    .filter(([id, answer]) => !('behavior' in answer && answer.behavior === OPEN_QUESTIONS[id].assumed))
    .map(([id]) => id);
}

/** The requests that may change something, outside the folders of probes. */
export function changesElsewhere(cloud: LocalCloud): string[] {
  const own = /^\/ops-ledger\/migrations(\/|%2F)probe(\/|%2F)\d{8}T\d{6}Z-[0-9a-f]{8}(\/|%2F)/;
  return cloud.requests
    .filter(({ method }) => method !== 'GET' && method !== 'HEAD')
    .filter(({ service, url }) => !(service === 'OBS' && own.test(url)))
    .map(({ method, url }) => `${method} ${url}`);
}
