import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handler as backupLanded } from '../../functions/backup-landed.ts';
import { handler as reconcile } from '../../functions/reconcile.ts';
import { makeObsLedgerStore } from '../../lib/cloud/obs/obs-ledger-store.ts';
import { makeAlarmRules } from '../../lib/cloud/programs/alarm-rules.ts';
import { alarmRules } from '../../lib/deploy/alarm-rules.ts';
import type { PlatformContext } from '../../lib/kernel/context.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import { type Ledger, makeLedger } from '../../lib/runs/ledger/ledger.ts';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { makeObjectNotification } from '../../packages/local-cloud/src/functiongraph/object-notification.ts';
import { fakePlatform } from '../fakes/platform-context.ts';
import { INSTANCE, PASSWORD } from '../fixtures/deployed.ts';
import { putLanded } from '../fixtures/put-backup.ts';
import { REAL_TIMERS } from '../fixtures/real-timers.ts';
import { functionsInMemory } from './in-memory.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const TICK_MS = 5 * MINUTE;
const BEGIN = Date.parse('2026-03-14T20:00:00Z');
const END = Date.parse('2026-03-15T08:00:00Z');

const PROJECT = '0123456789abcdef0123456789abcdef';
const DOMAIN = 'fedcba9876543210fedcba9876543210';
const KEYS = { accessKey: 'AK-1', secretKey: 'SK-secret-1', token: 'TOKEN-secret-1' };
/** Of an agency that was deleted: no service knows them. */
const REVOKED = { accessKey: 'AK-0', secretKey: 'SK-secret-0', token: 'TOKEN-secret-0' };
const topic = (name: string) => `urn:smn:ap-southeast-3:${PROJECT}:${name}`;
const REPORTS = topic('migrations');
const ALARMS = topic('night-shift');
const NAMESPACE = 'MIGRATIONS.PROD';
const BUCKET = 'redis-backups';
const LEDGER = { bucket: 'ops-ledger', prefix: 'migrations/' };

/** How often the platform retries each function, and its timeout, as deployed with a ledger. */
const FUNCTIONS = {
  'backup-landed': { retries: 3, remainingMs: 60 * SECOND },
  reconcile: { retries: 0, remainingMs: 240 * SECOND },
} as const;
type FunctionName = keyof typeof FUNCTIONS;

const RULES = alarmRules(
  {
    service: 'mig',
    stage: 'prod',
    provider: { region: 'ap-southeast-3', alarms: { smn: ALARMS } },
    functions: new Map(Object.keys(FUNCTIONS).map((key) => [key, { name: `mig-prod-${key}` }])),
  },
  { cloudEye: { namespace: NAMESPACE } },
);

/** @param more of the job */
const jobsFile = (more: string) => `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ${LEDGER.bucket}, prefix: ${LEDGER.prefix} } }
cloud_eye: { namespace: ${NAMESPACE} }
targets:
  staging-cache: { id: ${INSTANCE.id}, password: { user_data: CACHE_PASSWORD } }
jobs:
  restore-staging:
    on: { object_created: { bucket: ${BUCKET}, key: "prod/**/*.rdb" } }
    notify: { smn: "${REPORTS}", on: [succeeded, failed, stuck, parked, missed, waiting] }
    ${more}
    backup_import: { target_instance: staging-cache }
`;

/** What somebody on call would have seen. */
export interface Seen {
  /** ms since 1970. */
  readonly at: number;
  readonly where: 'report' | 'alarm' | 'log';
  readonly what: string;
}

/** Twelve hours, from 20:00 to 08:00 UTC, in which `reconcile` ticks every five minutes. */
export interface Night {
  /** From now on, the functions have keys that no service knows, or good ones. */
  revokeKeys(areRevoked: boolean): void;
  /** From now on, the timer of `reconcile` ticks, or does not. */
  setTimer(ticks: boolean): void;
  /** The ledger in OBS, as an operator at the command line has it. */
  readonly ledger: Ledger;
  /** A backup lands, and its notification is delivered. */
  upload(key: string): Promise<void>;
}

/** What happens, by the time of day, such as `23:00:02`. */
export type Plan = Readonly<Record<string, (night: Night) => unknown>>;

export interface NightOptions {
  /** More lines of the job. */
  readonly job?: string;
  /** @default 'obs' */
  readonly ledger?: 'obs' | 'memory';
}

/** Plays a night with the code of the functions, the alarm rules of a deploy, and a clock that is moved. @returns oldest first */
export async function playNight(plan: Plan, { job = '', ledger = 'obs' }: NightOptions = {}): Promise<Seen[]> {
  const folder = await mkdtemp(join(tmpdir(), 'night-'));
  const file = join(folder, 'migrations.yml');
  await writeFile(file, jobsFile(job));
  // The clock of the SDKs, too, which sign with it; timers stay real.
  jest.useFakeTimers({ now: BEGIN, doNotFake: [...REAL_TIMERS] });
  const clock = new Clock({ frozenAt: BEGIN });
  const cloud = await startLocalCloud({
    accounts: [
      {
        accessKey: KEYS.accessKey,
        secretKey: KEYS.secretKey,
        securityToken: KEYS.token,
        projectId: PROJECT,
        domainId: DOMAIN,
      },
    ],
    clock,
    signatureTime: Date.now,
    obs: { buckets: [{ name: BUCKET }, { name: LEDGER.bucket }] },
    instances: [INSTANCE],
    topics: [REPORTS, ALARMS],
  });
  const logged: Seen[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((line: string) => void logged.push(...alarmsIn(line)));
  try {
    const moveTo = (at: number) => {
      clock.advance(at - clock.now());
      jest.setSystemTime(at);
    };
    await makeRules(cloud);
    const functions = ledger === 'obs' ? { 'backup-landed': backupLanded, reconcile } : functionsInMemory();
    await play(plan, { cloud, functions, file, moveTo });
    moveTo(END);
    return [...messagesOf(cloud), ...logged].sort((a, b) => a.at - b.at);
  } finally {
    log.mockRestore();
    jest.useRealTimers();
    await cloud.close();
    await rm(folder, { recursive: true });
  }
}

/** The lines of the log that ask for somebody. */
function alarmsIn(line: string): Seen[] {
  const { message = '' } = JSON.parse(line) as { readonly message?: string };
  return message.startsWith('ALARM') ? [{ at: Date.now(), where: 'log', what: message }] : [];
}

async function makeRules(cloud: LocalCloud): Promise<void> {
  const rules = makeAlarmRules({
    endpoint: cloud.url,
    credentials: {
      accessKey: KEYS.accessKey,
      secretKey: new Secret(KEYS.secretKey),
      securityToken: new Secret(KEYS.token),
    },
    projectId: PROJECT,
    remainingMs: () => MINUTE,
  });
  for (const rule of RULES) await rules.create(rule, { isEnabled: true });
}

interface Stage {
  readonly cloud: LocalCloud;
  readonly functions: Readonly<Record<FunctionName, (event: unknown, context: PlatformContext) => Promise<unknown>>>;
  /** The jobs file. */
  readonly file: string;
  readonly moveTo: (at: number) => void;
}

async function play(plan: Plan, { cloud, functions, file, moveTo }: Stage): Promise<void> {
  let keys = KEYS;
  let ticks = true;
  const invoke = async (name: FunctionName, event: unknown) => {
    const { retries, remainingMs } = FUNCTIONS[name];
    const userData = {
      MIGRATIONS_FILE: file,
      MIGRATIONS_STAGE: 'prod',
      LOG_LEVEL: 'error',
      HUAWEICLOUD_DCS_ENDPOINT: cloud.url,
      HUAWEICLOUD_SMN_ENDPOINT: cloud.url,
      HUAWEICLOUD_CES_ENDPOINT: cloud.url,
      HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl,
      CACHE_PASSWORD: PASSWORD,
    };
    for (let attempt = 0; attempt <= retries; attempt += 1) {
      const isOk = await functions[name](event, fakePlatform({ userData, remainingMs, keys })).then(
        () => true,
        () => false,
      );
      cloud.invoked(`urn:fss:ap-southeast-3:${PROJECT}:function:default:mig-prod-${name}:latest`, isOk);
      if (isOk) return;
    }
  };
  const night: Night = {
    revokeKeys: (areRevoked) => {
      keys = areRevoked ? REVOKED : KEYS;
    },
    setTimer: (isOn) => {
      ticks = isOn;
    },
    ledger: ledgerOf(cloud),
    upload: async (key) => {
      const event = landed(key);
      await putLanded(cloud, event);
      await invoke('backup-landed', event);
    },
  };
  const tick = () => (ticks ? invoke('reconcile', { trigger_type: 'TIMER' }) : undefined);
  const steps = Object.entries(plan).map(([time, step]) => ({ at: timeOf(time), step: () => step(night) }));
  for (let at = BEGIN; at < END; at += TICK_MS) steps.push({ at, step: tick });
  // What somebody does at the time of a tick comes before it.
  for (const { at, step } of steps.sort((a, b) => a.at - b.at)) {
    moveTo(at);
    await step();
  }
}

function ledgerOf(cloud: LocalCloud): Ledger {
  const store = makeObsLedgerStore({
    endpoint: cloud.obsUrl,
    credentials: {
      accessKey: KEYS.accessKey,
      secretKey: new Secret(KEYS.secretKey),
      securityToken: new Secret(KEYS.token),
    },
    ...LEDGER,
    remainingMs: () => MINUTE,
  });
  return makeLedger(store, 'anna', Date.now, { region: 'ap-southeast-3', project: PROJECT, stage: 'prod' });
}

function landed(key: string): unknown {
  const change = {
    eventName: 'ObjectCreated:Put' as const,
    bucket: BUCKET,
    key,
    size: 125,
    eTag: key,
    versionId: 'null',
    time: new Date(),
    sequencer: '000000001CE8A1D3F2490B4C00000000',
  };
  const rule = {
    functionName: 'backup-landed',
    configurationId: BUCKET,
    bucket: BUCKET,
    prefix: '',
    suffix: '',
    events: ['s3:ObjectCreated:*'],
  };
  return makeObjectNotification(change, rule, 'ap-southeast-3', DOMAIN);
}

function messagesOf(cloud: LocalCloud): Seen[] {
  return cloud
    .messages()
    .map(({ topicUrn, subject, publishedAt }) =>
      topicUrn === ALARMS
        ? { at: publishedAt, where: 'alarm', what: subject.replace('[Cloud Eye] mig-prod-', '') }
        : { at: publishedAt, where: 'report', what: subject.replace(/: obs:.*/, '') },
    );
}

/** From 20:00 it is today, else tomorrow. */
function timeOf(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const at = Date.UTC(2026, 2, 14, hours, minutes, seconds);
  return at < BEGIN ? at + 24 * 60 * MINUTE : at;
}
