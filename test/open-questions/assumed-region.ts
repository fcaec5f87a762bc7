import { Readable } from 'node:stream';
import { cloud as realCloud } from '../../lib/cloud/cloud.ts';
import { parseObjectEvent } from '../../lib/events/object-event.ts';
import { parseTimerEvent } from '../../lib/events/timer-event.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { parseJobs } from '../../lib/jobs/load-jobs.ts';
import { adaptContext } from '../../lib/kernel/context.ts';
import { makeLogger } from '../../lib/kernel/logger.ts';
import { makeRedactor } from '../../lib/kernel/redactor.ts';
import { type Invocation, makeInvocation, settingsOf } from '../../lib/platform/invocation.ts';
import { StoredSecrets } from '../../lib/platform/stored-secrets.ts';
import { type ReconcileResult, reconcile } from '../../lib/runs/follow/reconcile.ts';
import { type Ledger, makeLedger } from '../../lib/runs/ledger/ledger.ts';
import type { RecordedDeps } from '../../lib/runs/run-deps.ts';
import { startObjectRuns } from '../../lib/runs/start/object-runs.ts';
import { startTickRuns } from '../../lib/runs/start/tick-runs.ts';
import { handleRequest } from '../../lib/webhook/handle-request.ts';
import { Clock } from '../../packages/local-cloud/src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import type { ObjectEvent } from '../../packages/local-cloud/src/cloud/obs/object-event.ts';
import type { Answers } from '../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { makeGatewayEvent } from '../../packages/local-cloud/src/functiongraph/gateway-event.ts';
import { makeObjectCloudEvent } from '../../packages/local-cloud/src/functiongraph/object-cloud-event.ts';
import { ObjectDeliveries } from '../../packages/local-cloud/src/functiongraph/object-deliveries.ts';
import { makeObjectNotification } from '../../packages/local-cloud/src/functiongraph/object-notification.ts';
import { Timers } from '../../packages/local-cloud/src/functiongraph/timers.ts';
import { fakePlatform } from '../fakes/platform-context.ts';
import { makeRdb } from '../fixtures/rdb.ts';
import { CACHES, JOBS, PASSWORD, SERVER, SOURCE } from './jobs.ts';
import { type Occupation, Occupations } from './occupations.ts';

const SECRETS = { secretKey: 'SK-secret-1', securityToken: 'TOKEN-secret-1' };
const DOMAIN_ID = 'fedcba9876543210fedcba9876543210';
const STARTED_AT = Date.parse('2026-03-14T12:00:00Z');
const TIME_LIMIT_MS = 60_000;
/** Of reconcile, as serverless.yml has it. */
const TICK_LIMIT_MS = 240_000;
const TICK_MS = 5 * 60_000;
/** Each call outwards takes this long. */
const CALL_MS = 20;

let keys = 0;
/** Where the triggers of the bucket look. */
const PLACE = { bucket: 'backups', prefix: '', suffix: '' };
const RULE = { functionName: 'backup-landed', configurationId: 'backups', events: ['s3:ObjectCreated:*'] };

/** Where an invocation dies: at its n-th call outwards, before that call has an effect or after. */
export interface Crash {
  readonly at: number;
  readonly effect: 'before' | 'after';
}

export interface RegionOptions {
  readonly assume: Answers;
  /** @default JOBS */
  readonly jobs?: string;
}

/** Whether an invocation ended, failed or died, and what it called. */
export interface End {
  readonly value?: unknown;
  readonly error?: unknown;
  readonly calls: number;
}

/**
 * The functions in this process, with their real clients, and a local cloud that behaves as it is told, over sockets. Time is virtual: that of the cloud
 * and of this process, which a test must have replaced.
 */
export class AssumedRegion {
  readonly cloud: LocalCloud;
  readonly jobs: Jobs;
  readonly lines: string[] = [];
  /** Invocations that objects have caused and that have not ended. */
  readonly #pending = new Set<Promise<End>>();
  readonly #deliveries: ObjectDeliveries;
  readonly #occupations: Occupations;
  /** The object events that were delivered. */
  readonly #delivered: unknown[] = [];
  /** The ticks that were delivered. */
  readonly #ticks: unknown[] = [];
  #nextCrash: Crash | undefined;
  #requests = 0;
  readonly #dead: (() => void)[] = [];
  #isClosed = false;
  readonly #accessKey: string;

  private constructor(cloud: LocalCloud, jobs: Jobs, occupations: Occupations, accessKey: string) {
    this.#accessKey = accessKey;
    this.cloud = cloud;
    this.jobs = jobs;
    this.#deliveries = new ObjectDeliveries(() => cloud);
    this.#occupations = occupations;
  }

  static async start({ assume, jobs = JOBS }: RegionOptions): Promise<AssumedRegion> {
    jest.setSystemTime(STARTED_AT);
    const clock = new Clock({ frozenAt: STARTED_AT });
    const occupations = new Occupations(() => clock.now());
    let region: AssumedRegion | undefined;
    // A process remembers refused keys, and its time begins again here.
    keys += 1;
    const accessKey = `AK-${keys}`;
    const cloud = await startLocalCloud({
      accounts: [{ accessKey, ...SECRETS, projectId: '0123456789abcdef0123456789abcdef', domainId: DOMAIN_ID }],
      instances: CACHES,
      sources: [SOURCE],
      servers: [SERVER],
      clock,
      assume,
      obs: {
        buckets: ['ops-ledger', 'backups'].map((name) => ({ name })),
        onChange: (change) => region?.objectChanged(change),
      },
      onEvent: () => occupations.update(cloud.tasks()),
    });
    region = new AssumedRegion(cloud, (await parseJobs(jobs, 'yaml')).jobs, occupations, accessKey);
    return region;
  }

  /** Puts a backup; its event is delivered as assumed. */
  async put(key: string, bytes = makeRdb()): Promise<void> {
    await this.cloud.obs.put('backups', key, Readable.from([bytes]), { contentType: undefined, metadata: {} });
  }

  /** The next invocation dies there. */
  crashNext(crash: Crash): void {
    this.#nextCrash = crash;
  }

  /** Both routes report the change: an object is one occurrence all the same. */
  objectChanged(change: ObjectEvent): void {
    if (change.bucket !== PLACE.bucket || !change.eventName.startsWith('ObjectCreated:')) return;
    const { assumed } = this.cloud;
    const subscription = { ...PLACE, eventTypes: [], encodesKeys: true };
    const events = [
      makeObjectNotification(change, { ...PLACE, ...RULE }, 'ap-southeast-3', DOMAIN_ID, assumed),
      makeObjectCloudEvent(change, `OBS:DWR:${change.eventName}`, subscription, 'ap-southeast-3', DOMAIN_ID, assumed),
    ];
    for (const event of events) {
      this.#deliveries.send(change, () => {
        const delivery = this.deliverObject(event);
        this.#pending.add(delivery);
        void delivery.finally(() => this.#pending.delete(delivery));
      });
    }
  }

  deliverObject(event: unknown): Promise<End> {
    this.#delivered.push(event);
    return this.#invoke(({ deps, settings }) =>
      startObjectRuns(parseObjectEvent(event, settings.OBJECT_KEYS), this.jobs, deps),
    );
  }

  /** One tick of a timer, delivered as assumed, one delivery after the other. */
  async tick(job: string): Promise<void> {
    const events: unknown[] = [];
    const trigger = { name: job, functionName: 'schedule', schedule: { rate: '1d' }, userEvent: '' };
    const timers = new Timers([trigger], {
      regionTimeZone: 'UTC',
      clock: this.cloud.clock,
      fire: (_trigger, event) => events.push(event),
      assumed: this.cloud.assumed,
    });
    timers.tick(job);
    this.#ticks.push(...events);
    for (const event of events) await this.#deliverTick(event);
  }

  #deliverTick(event: unknown): Promise<End> {
    const text = JSON.stringify(event);
    return this.#invoke(({ deps }) => startTickRuns(parseTimerEvent(JSON.parse(text)), this.jobs, deps));
  }

  /** A request with this idempotency key. */
  request(job: string, key: string): Promise<End> {
    const request = {
      method: 'POST',
      target: `/jobs/${job}/runs`,
      headers: { 'idempotency-key': key, 'content-type': 'application/json' },
      body: Buffer.from('{}'),
      remoteAddress: '127.0.0.1',
      port: 443,
    };
    this.#requests += 1;
    const event = makeGatewayEvent(
      request,
      { pathParameters: {}, apiId: 'api-1' },
      `request-${this.#requests}`,
      this.cloud.assumed,
    );
    return this.#invoke((invocation) => handleRequest(event, invocation));
  }

  /** Lets the deliveries under way end and delivers every object and tick once more. */
  async redeliver(): Promise<void> {
    await this.#delivery();
    for (const event of new Set(this.#delivered)) await this.deliverObject(event);
    for (const event of new Set(this.#ticks)) await this.#deliverTick(event);
  }

  /** Waits for the deliveries under way, and those that are due within a minute. */
  async #delivery(): Promise<void> {
    for (let waited = 0; waited < 13; waited++) {
      while (this.#pending.size > 0) await Promise.all(this.#pending);
      this.advance(5_000);
    }
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  reconcile(): Promise<End & { readonly value?: ReconcileResult }> {
    return this.#invoke(({ deps }) => reconcile(deps as RecordedDeps, this.jobs), TICK_LIMIT_MS) as Promise<
      End & { readonly value?: ReconcileResult }
    >;
  }

  /** Ticks of reconcile, five minutes apart, until two in a row had nothing to do. @returns whether they had */
  async settle(maxTicks: number): Promise<boolean> {
    let idle = 0;
    for (let tick = 0; tick < maxTicks && idle < 2; tick++) {
      this.advance(TICK_MS);
      const { value } = await this.reconcile();
      idle = value?.open === 0 && value.runs.length === 0 ? idle + 1 : 0;
    }
    return idle === 2;
  }

  /** From now on nothing keeps the ledger from being read: for checks at the end. */
  makeReadable(): void {
    // Keys that were refused rest for five minutes.
    this.advance(TICK_MS);
    this.cloud.assume({
      'clock-skew': 'none',
      'fresh-agency': 'works',
      'read-after-write': 'current',
      'object-list-lag': 'none',
    });
  }

  advance(ms: number): void {
    this.cloud.clock.advance(ms);
    jest.setSystemTime(this.cloud.clock.now());
  }

  /** Targets and the tasks that had them, by the cloud's own record. */
  get occupations(): readonly Occupation[] {
    return this.#occupations.all();
  }

  /** The ledger, as it is in the bucket. */
  async ledger(): Promise<Ledger> {
    const { store } = (await this.#makeInvocation(() => 60_000)).deps.ledger as Ledger;
    return makeLedger(store, 'a-person', () => this.cloud.clock.now());
  }

  /** What dead invocations wait for fails now, so that their timers end. */
  close(): Promise<void> {
    this.#isClosed = true;
    for (const end of this.#dead) end();
    return this.cloud.close();
  }

  #makeInvocation(remainingMs: () => number): Promise<Invocation> {
    const { cloud, jobs } = this;
    const { secretKey, securityToken: token } = SECRETS;
    const platform = fakePlatform({
      keys: { accessKey: this.#accessKey, secretKey, token },
      userData: {
        HUAWEICLOUD_DCS_ENDPOINT: cloud.url,
        HUAWEICLOUD_SMS_ENDPOINT: cloud.url,
        HUAWEICLOUD_ECS_ENDPOINT: cloud.url,
        HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl,
        CACHE_PASSWORD: PASSWORD,
      },
    });
    const context = adaptContext(platform);
    const redactor = makeRedactor();
    const log = makeLogger({
      level: 'debug',
      redactor,
      fields: {},
      write: (line) => this.lines.push(line),
      now: () => new Date(cloud.clock.now()),
    });
    return makeInvocation({
      context,
      remainingMs,
      settings: settingsOf(context),
      jobs,
      log,
      redactor,
      cloud: realCloud,
      stored: new StoredSecrets(),
    });
  }

  async #invoke(work: (invocation: Invocation) => Promise<unknown>, timeLimitMs = TIME_LIMIT_MS): Promise<End> {
    const crash = this.#nextCrash;
    this.#nextCrash = undefined;
    const deadline = this.cloud.clock.now() + timeLimitMs;
    let calls = 0;
    let isDead = false;
    let die: () => void = () => undefined;
    const died = new Promise<'died'>((resolve) => {
      die = () => resolve('died');
    });
    const dead = <T>(): Promise<T> => {
      isDead = true;
      die();
      return new Promise<T>((_resolve, reject) => {
        const end = () => reject(new Error('the process has died'));
        if (this.#isClosed) end();
        else this.#dead.push(end);
      });
    };
    const outwards = async <T>(effect: () => Promise<T>): Promise<T> => {
      calls += 1;
      const call = calls;
      if (isDead || this.cloud.clock.now() >= deadline) return dead();
      if (crash?.at === call && crash.effect === 'before') return dead();
      this.advance(CALL_MS);
      try {
        return await effect();
      } finally {
        if (isDead || crash?.at === call) await dead();
      }
    };
    const invocation = await this.#makeInvocation(() => deadline - this.cloud.clock.now());
    const { ledger, services, ...rest } = invocation.deps;
    const deps = {
      ...rest,
      services: guardedServices(services, outwards),
      ...(ledger && { ledger: { ...ledger, store: guarded(ledger.store, outwards) } }),
      sleep: (ms: number) => outwards(async () => this.advance(ms)),
      random: () => 0.5,
    };
    const worked = work({ ...invocation, deps }).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const end = await Promise.race([worked, died]);
    return end === 'died' ? { calls } : { ...end, calls };
  }
}

type Outwards = <T>(effect: () => Promise<T>) => Promise<T>;

function guarded<O extends object>(target: O, outwards: Outwards): O {
  return new Proxy(target, {
    get: (object, name) => {
      const member = Reflect.get(object, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => outwards(() => member.apply(object, args));
    },
  });
}

function guardedServices<S extends object>(services: S, outwards: Outwards): S {
  const made = Object.entries(services).map(([name, make]) => [
    name,
    async () => guarded((await (make as () => Promise<object>)()) as object, outwards),
  ]);
  return Object.fromEntries(made) as S;
}
