import type { ObjectTrigger, Trigger } from '../../lib/events/trigger.ts';
import type { Jobs } from '../../lib/jobs/job.ts';
import { CloudError } from '../../lib/kernel/errors.ts';
import { makeLogger } from '../../lib/kernel/logger.ts';
import { makeRedactor } from '../../lib/kernel/redactor.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import { LedgerError } from '../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../lib/ports/ledger-store.ts';
import { type ReconcileResult, reconcile } from '../../lib/runs/follow/reconcile.ts';
import { type Ledger, makeLedger } from '../../lib/runs/ledger/ledger.ts';
import { listOpen } from '../../lib/runs/ledger/open-runs.ts';
import type { Origin } from '../../lib/runs/ledger/origin.ts';
import { openRunLog } from '../../lib/runs/ledger/run-log.ts';
import type { RunRecord } from '../../lib/runs/ledger/run-record.ts';
import { type CancelEnd, cancelRun } from '../../lib/runs/operate/cancel-run.ts';
import { CloudEye } from '../../lib/runs/report/cloud-eye.ts';
import type { RunResult } from '../../lib/runs/report/run-result.ts';
import type { RecordedDeps } from '../../lib/runs/run-deps.ts';
import { startObjectRuns } from '../../lib/runs/start/object-runs.ts';
import { startRun } from '../../lib/runs/start/start-run.ts';
import { FakeCes } from '../fakes/fake-ces.ts';
import { FakeObs } from '../fakes/fake-obs.ts';
import { FakeSmn } from '../fakes/fake-smn.ts';
import { makeMemoryStore } from '../fakes/memory-store.ts';
import { noServices } from '../fakes/no-services.ts';
import { SimulatedCloud } from '../fakes/simulated-cloud.ts';
import { SMALL_RDB } from '../fixtures/rdb.ts';

export const PASSWORD = 'Redis!Pass-of-the-simulation';
const TIME_LIMIT_MS = 60_000;
/** Each call to the ledger or the cloud takes this long. */
const CALL_MS = 20;

/** Where an invocation dies: at its n-th call outwards, before that call has an effect or after. */
export interface Crash {
  readonly at: number;
  readonly effect: 'before' | 'after';
}

export interface InvocationOptions {
  readonly crash?: Crash;
  /** The n-th call outwards, if it goes to the ledger, fails before or after it has its effect, and the invocation lives on. */
  readonly ledgerFault?: Crash;
  /** How long the platform lets it run: a minute, when not given. */
  readonly timeLimitMs?: number;
  /** By how much its clock is fast. */
  readonly skewMs?: number;
  /** Called before each call outwards: a scheduler may hold it back. */
  readonly turn?: (what: string) => Promise<void>;
  /** The process stands still at its n-th call outwards. */
  readonly freeze?: Freeze;
  /** Whose function it is, when not that of the simulation. */
  readonly origin?: Origin;
}

/**
 * A process that stands still for long, and is not ended by the platform: it goes on when it is let, whatever the time is then. A request to the
 * ledger at which it stood still was under way, and has its effect as late as that. No other call is sent when the invocation's time is over.
 */
export interface Freeze {
  readonly at: number;
  /** It stands still now. @returns when it goes on */
  readonly until: () => Promise<void>;
}

export interface InvocationEnd<T> {
  /** Absent when it died. */
  readonly value?: T;
  /** Calls outwards that it made. */
  readonly calls: number;
}

export interface SimulationOptions {
  readonly sabotage?: (store: LedgerStore) => LedgerStore;
  /** Do buckets keep versions? */
  readonly versioned?: boolean;
  /** Whose functions they are, where an invocation does not say: nobody's in particular when not given, and nothing is refused. */
  readonly origin?: Origin;
  /** The jobs file that `reconcile` has. @default one without jobs */
  readonly jobs?: Jobs;
}

const NO_JOBS: Jobs = { version: 1, region: 'ap-southeast-3', settleSeconds: 60, targets: new Map(), jobs: new Map() };

/** A client that finds no time left sends nothing. */
function refuseLate(what: string): never {
  const message = 'no time is left';
  if (what === 'sleep' || what.startsWith('ledger.')) throw new LedgerError(`${what}: ${message}`, { temporary: true });
  throw new CloudError({
    service: 'DCS',
    operation: what,
    outcome: 'not_sent',
    temporary: true,
    cloudCode: 'out_of_time',
    cloudMessage: message,
  });
}

/**
 * Functions, ledger and cloud in one process and in virtual time. An invocation can be killed at each of its calls outwards, before or after
 * that call has its effect: whatever happens between two calls is not seen by anybody, so these are all the points at which a crash differs.
 */
export class Simulation {
  readonly cloud: SimulatedCloud;
  readonly store: LedgerStore;
  readonly lines: string[] = [];
  now = Date.parse('2026-03-14T12:00:00Z');
  readonly obs: FakeObs;
  readonly smn = new FakeSmn();
  readonly ces = new FakeCes();
  /** The jobs file that `reconcile` has. */
  jobs: Jobs;
  #invocations = 0;
  readonly #origin: Origin | undefined;

  constructor(options: SimulationOptions = {}) {
    this.#origin = options.origin;
    this.jobs = options.jobs ?? NO_JOBS;
    this.obs = new FakeObs({ ...options, others: SMALL_RDB });
    this.cloud = new SimulatedCloud(() => this.now);
    const store = makeMemoryStore(() => this.now);
    this.store = options.sabotage?.(store) ?? store;
  }

  advance(ms: number): void {
    this.now += ms;
  }

  /** An object comes into the bucket `backups`. @returns the notification of it, which the test delivers or loses */
  put(key: string, content = key): ObjectTrigger {
    return this.obs.put('backups', key, content, new Date(this.now).toISOString());
  }

  /** The ledger, as somebody sees it. */
  ledger(by = 'a-person', origin?: Origin): Ledger {
    return makeLedger(this.store, by, () => this.now, origin);
  }

  /** What the ledger holds of a run, oldest first. */
  async recordsOf({ job, run }: { readonly job: string; readonly run: string }): Promise<readonly RunRecord[]> {
    return (await openRunLog(this.ledger(), job, run)).records;
  }

  deliver(
    jobs: Jobs,
    jobName: string,
    trigger: Trigger,
    options: InvocationOptions = {},
  ): Promise<InvocationEnd<RunResult>> {
    const job = jobs.jobs.get(jobName);
    if (!job) throw new Error(`the simulation has no job ${jobName}`);
    return this.#invoke((deps) => startRun({ jobs, job, trigger }, deps), options);
  }

  /** The notification of an object, or of several, reaches the function that starts the jobs they match. */
  notify(objects: readonly ObjectTrigger[], options: InvocationOptions = {}): Promise<InvocationEnd<RunResult[]>> {
    return this.#invoke((deps) => startObjectRuns(objects, this.jobs, deps), options);
  }

  reconcile(options: InvocationOptions = {}): Promise<InvocationEnd<ReconcileResult>> {
    return this.#invoke((deps) => reconcile(deps, this.jobs), options);
  }

  /** A caller wants a run cancelled. @returns `undefined` when the invocation died */
  async cancel(
    name: { readonly job: string; readonly run: string },
    options: InvocationOptions = {},
  ): Promise<CancelEnd | undefined> {
    return (await this.#invoke((deps) => cancelRun(name, deps), options)).value;
  }

  /** A person decides something at the command line. @throws what the decision throws */
  person<T>(work: (ledger: Ledger) => Promise<T>, options: InvocationOptions = {}): Promise<InvocationEnd<T>> {
    return this.#invoke(({ ledger }) => work(ledger), options);
  }

  /** Ticks of `reconcile`, five minutes apart, until nothing is open. @returns how many runs are open in the end */
  async settle(mostTicks = 100): Promise<number> {
    for (let tick = 0; tick < mostTicks; tick++) {
      this.advance(5 * 60_000);
      await this.reconcile();
      if ((await this.openCount()) === 0) return 0;
    }
    return this.openCount();
  }

  /** Runs that are not settled. */
  async openCount(): Promise<number> {
    return (await listOpen(this.ledger())).length;
  }

  /** Everything that the ledger holds, as text. */
  async ledgerText(): Promise<string> {
    const texts: string[] = [];
    for (const { name } of await this.store.list('', { limit: 100_000 })) {
      texts.push(name, (await this.store.read(name)).text);
    }
    return texts.join('\n');
  }

  async #invoke<T>(
    work: (deps: RecordedDeps) => Promise<T>,
    {
      crash,
      ledgerFault,
      timeLimitMs = TIME_LIMIT_MS,
      skewMs = 0,
      turn = async () => {},
      freeze,
      origin = this.#origin,
    }: InvocationOptions,
  ): Promise<InvocationEnd<T>> {
    this.#invocations += 1;
    const deadline = this.now + timeLimitMs;
    let calls = 0;
    let die: () => void = () => {};
    const died = new Promise<'died'>((resolve) => {
      die = () => resolve('died');
    });
    let isDead = false;
    const dead = <R>(): Promise<R> => {
      isDead = true;
      die();
      return new Promise<R>(() => {});
    };
    const outwards = async <R>(what: string, effect: () => Promise<R>): Promise<R> => {
      calls += 1;
      const call = calls;
      const beganDead = isDead;
      await turn(what);
      if (call === freeze?.at) await freeze.until();
      const isUnderWay = call === freeze?.at && what.startsWith('ledger.');
      // What a dead invocation left alone, or waited for by a timer, has no effect either. Of calls that were under way beside the one at which it died,
      // those behind it have their effect where that one has none, and have none where that one has: so either may be missing.
      if (isDead && (beganDead || crash?.effect === 'after')) return dead();
      if (this.now >= deadline && !isUnderWay) return freeze && call >= freeze.at ? refuseLate(what) : dead();
      if (crash?.at === call && crash.effect === 'before') return dead();
      this.now += CALL_MS;
      const fault = what.startsWith('ledger.') && ledgerFault?.at === call ? ledgerFault.effect : undefined;
      if (fault === 'before') throw new LedgerError('ledger: simulated', { temporary: true });
      try {
        const result = await effect();
        if (fault === 'after') throw new LedgerError('ledger: simulated', { temporary: true });
        return result;
      } finally {
        if (isDead || crash?.at === call) await dead();
      }
    };
    const guarded = <O extends object>(target: O, label: string): O =>
      new Proxy(target, {
        get: (object, name) => {
          const member = Reflect.get(object, name);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) =>
            outwards(`${label}.${String(name)} ${String(args[0])}`, () => member.apply(object, args));
        },
      });
    const deps: RecordedDeps = {
      services: {
        ...noServices(),
        dcs: async () => guarded(this.cloud.dcs, 'dcs'),
        sms: async () => guarded(this.cloud.sms, 'sms'),
        dcsInstances: async () => guarded(this.cloud.dcsInstances, 'instances'),
        dcsFollow: async () => guarded(this.cloud.dcsFollow, 'dcs'),
        smsFollow: async () => guarded(this.cloud.smsFollow, 'sms'),
        obs: async () => guarded(this.obs, 'obs'),
        smn: async () => guarded(this.smn, 'smn'),
        ces: async () => guarded(this.ces, 'ces'),
      },
      ledger: makeLedger(
        guarded(this.store, 'ledger'),
        `invocation-${this.#invocations}`,
        () => this.now + skewMs,
        origin,
      ),
      ...(this.jobs.cloudEye
        ? { cloudEye: new CloudEye({ ...this.jobs.cloudEye, stage: 'prod', now: () => this.now + skewMs }) }
        : {}),
      secret: () => new Secret(PASSWORD),
      remainingMs: () => deadline - this.now,
      sleep: async (ms) => {
        await outwards('sleep', async () => {});
        this.now += ms;
      },
      random: () => 0.5,
      log: makeLogger({
        level: 'debug',
        redactor: makeRedactor(),
        fields: {},
        write: (line) => this.lines.push(line),
        now: () => new Date(this.now),
      }),
    };
    // A handler that fails because of the ledger has ended too; the platform delivers again.
    // As every function does after its work (lib/platform/handler.ts).
    const reported = work(deps).finally(() => deps.cloudEye?.send(deps));
    const worked = reported.catch((error: unknown) => {
      if (error instanceof LedgerError) return 'died' as const;
      throw error;
    });
    const value = await Promise.race([worked, died]);
    return value === 'died' ? { calls } : { value: value as T, calls };
  }
}
