import { makeLogger } from '../../lib/kernel/logger.ts';
import { makeRedactor } from '../../lib/kernel/redactor.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import { referenceName } from '../../lib/kernel/secret-reference.ts';
import type { AllServices } from '../../lib/ports/services.ts';
import type { RunDeps } from '../../lib/runs/run-deps.ts';
import { SMALL_RDB } from '../fixtures/rdb.ts';
import { FakeObs } from './fake-obs.ts';
import { noServices } from './no-services.ts';
import { SimulatedCloud } from './simulated-cloud.ts';

export interface FakeRun {
  readonly cloud: SimulatedCloud;
  readonly deps: RunDeps;
  /** Log lines, parsed. */
  readonly lines: Record<string, unknown>[];
  /** Durations of all sleeps, ms. */
  readonly slept: number[];
}

/** Everything a run needs, in memory. Time passes only by sleeping; the invocation starts with `remainingMs`. */
export function fakeRun(remainingMs = 60_000): FakeRun {
  const start = Date.parse('2026-03-14T12:00:00Z');
  let left = remainingMs;
  const cloud = new SimulatedCloud(() => start + remainingMs - left);
  const services: AllServices = {
    ...noServices(),
    dcs: async () => cloud.dcs,
    sms: async () => cloud.sms,
    dcsInstances: async () => cloud.dcsInstances,
    obs: async () => new FakeObs({ others: SMALL_RDB }),
  };
  const lines: Record<string, unknown>[] = [];
  const slept: number[] = [];
  const deps: RunDeps = {
    services,
    secret: (reference) => new Secret(`value of ${referenceName(reference)}`),
    remainingMs: () => left,
    sleep: async (ms) => {
      slept.push(ms);
      left -= ms;
    },
    random: () => 0.5,
    log: makeLogger({
      level: 'debug',
      redactor: makeRedactor(),
      fields: {},
      write: (line) => lines.push(JSON.parse(line)),
    }),
  };
  return { cloud, deps, lines, slept };
}
