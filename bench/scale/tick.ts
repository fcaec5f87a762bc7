import { makeLogger } from '../../lib/kernel/logger.ts';
import { makeRedactor } from '../../lib/kernel/redactor.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import { reconcile } from '../../lib/runs/follow/reconcile.ts';
import { makeLedger } from '../../lib/runs/ledger/ledger.ts';
import { noServices } from '../../test/fakes/no-services.ts';
import { BigBucket } from './big-bucket.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { World } from './world.ts';

/** As serverless.yml has it for reconcile. */
const TIME_LIMIT_MS = 240_000;
const REQUEST_MS = 20;
/** Of virtual time. */
const SAMPLE_MS = 80_000;

/** What came of a tick. */
export interface TickFigures {
  readonly requests: number;
  /** Requests by what was asked, to the ledger by its first folder. */
  readonly of: Readonly<Record<string, number>>;
  /** At most so many at once. */
  readonly atOnce: number;
  readonly virtualMs: number;
  readonly cpuMs: number;
  /** Of the heap, the world's aside, bytes. */
  readonly heap: number;
  readonly logBytes: number;
  readonly wasKilled: boolean;
  readonly errors: ReadonlyMap<string, number>;
}

let ticks = 0;

/** One tick of `reconcile`. @param seen gets what had its turn, and when */
export async function tick(world: World, clock: VirtualClock, seen: Map<string, number>): Promise<TickFigures> {
  ticks += 1;
  const began = clock.now;
  const deadline = began + TIME_LIMIT_MS;
  let isOver = false;
  let wasKilled = false;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const of: Record<string, number> = {};
  let [requests, underWay, atOnce, logBytes] = [0, 0, 0, 0];
  const errors = new Map<string, number>();

  const request = async (what: string): Promise<void> => {
    if (isOver) await new Promise<never>(() => undefined);
    requests += 1;
    of[what] = (of[what] ?? 0) + 1;
    underWay += 1;
    atOnce = Math.max(atOnce, underWay);
    await clock.sleep(REQUEST_MS);
    underWay -= 1;
    if (isOver) await new Promise<never>(() => undefined);
  };
  const look = async (method: string, name: string): Promise<void> => {
    if (method !== 'read' || !name.startsWith('runs/')) return;
    const run = `run ${name.slice('runs/'.length)}`;
    if (world.hanging.has(run)) {
      seen.set(run, seen.get(run) ?? clock.now);
      await new Promise<never>(() => undefined);
    }
    if (!world.killing.has(run)) return;
    seen.set(run, seen.get(run) ?? clock.now);
    wasKilled = true;
    isOver = true;
    end();
    await new Promise<never>(() => undefined);
  };
  const guarded = <O extends object>(target: O, label: string): O =>
    new Proxy(target, {
      get: (object, name) => {
        const member = Reflect.get(object, name);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          const what = label === 'ledger' ? `${String(name)} ${String(args[0]).split('/')[0]}/` : String(name);
          await request(`${label}.${what}`);
          if (label === 'ledger') await look(String(name), String(args[0]));
          return member.apply(object, args);
        };
      },
    });
  const see = (name: string) => {
    if (!seen.has(name)) seen.set(name, clock.now);
  };
  const write = (line: string) => {
    logBytes += line.length + 1;
    const { message, job, run, set, key, level } = JSON.parse(line) as Record<string, string>;
    if (level === 'error') errors.set(message ?? '', (errors.get(message ?? '') ?? 0) + 1);
    if (message === 'a set is not complete') see(`set ${set}`);
    else if (message === 'an object has no run; its notification did not come') see(`object ${key}`);
    else if (run !== undefined) see(`run ${job}/${run}`);
  };
  const { store } = world.ledger;
  const bucket = new BigBucket(world.objects, request);
  const deps = {
    services: {
      ...noServices(),
      dcs: async () => guarded(world.cloud.dcs, 'dcs'),
      dcsInstances: async () => guarded(world.cloud.dcsInstances, 'dcs'),
      dcsFollow: async () => guarded(world.cloud.dcsFollow, 'dcs'),
      obs: async () => bucket,
    },
    ledger: makeLedger(guarded(store, 'ledger'), `tick-${ticks}`, () => clock.now),
    secret: () => new Secret('none'),
    remainingMs: () => deadline - clock.now,
    sleep: (ms: number) => clock.sleep(ms),
    random: () => 0.5,
    log: makeLogger({ level: 'info', redactor: makeRedactor(), fields: {}, write, now: () => new Date(clock.now) }),
  };

  const before = heap();
  let [most, samplesCpu] = [0, 0];
  const sample = () => {
    const cpu = process.cpuUsage();
    most = Math.max(most, heap() - before);
    const { user, system } = process.cpuUsage(cpu);
    samplesCpu += user + system;
  };
  const sampling = async () => {
    while (!isOver) {
      await clock.sleep(SAMPLE_MS);
      if (!isOver) sample();
    }
  };
  const cpu = process.cpuUsage();
  void sampling();
  void clock.sleep(TIME_LIMIT_MS).then(end);
  const work = reconcile(deps, world.jobs).then(
    (result) => {
      sample();
      return result;
    },
    (error: unknown) => {
      errors.set(String(error), 1);
      return undefined;
    },
  );
  const result = await clock.until(Promise.race([work, ended]));
  isOver = true;
  const { user, system } = process.cpuUsage(cpu);
  const virtualMs = clock.now - began;
  if (!result && virtualMs >= TIME_LIMIT_MS) wasKilled = true;
  return {
    requests,
    of,
    atOnce,
    virtualMs,
    cpuMs: (user + system - samplesCpu) / 1_000,
    heap: most,
    logBytes,
    wasKilled,
    errors,
  };
}

function heap(): number {
  const { gc } = globalThis as { readonly gc?: () => void };
  gc?.();
  return process.memoryUsage().heapUsed;
}
