import { makeLogger } from '../../lib/kernel/logger.ts';
import { makeRedactor } from '../../lib/kernel/redactor.ts';
import { Secret } from '../../lib/kernel/secret.ts';
import type { DcsInstances } from '../../lib/ports/dcs.ts';
import type { AllServices } from '../../lib/ports/services.ts';
import type { CreateDeps } from '../../lib/runs/start/create-task.ts';
import { SMALL_RDB } from '../fixtures/rdb.ts';
import { FakeDcs } from './fake-dcs.ts';
import { FakeObs } from './fake-obs.ts';
import { FakeSms } from './fake-sms.ts';
import { noServices } from './no-services.ts';

/** Every instance is there, runs, and has a password. */
const HEALTHY: DcsInstances = {
  showInstance: async (id) => {
    return {
      id,
      name: id,
      status: 'RUNNING',
      engineVersion: '6.0',
      cacheMode: 'ha',
      sslEnabled: false,
      passwordFree: false,
    };
  },
  listBackupRecords: async () => [],
  copyInstance: async () => ({ backupId: 'backup-1' }),
};

export interface FakeRun {
  readonly dcs: FakeDcs;
  readonly sms: FakeSms;
  readonly deps: CreateDeps;
  /** Log lines, parsed. */
  readonly lines: Record<string, unknown>[];
  /** Milliseconds that were slept. */
  readonly slept: number[];
}

/** Everything a run needs, in memory. Time passes only by sleeping; the invocation starts with `remainingMs`. */
export function fakeRun(remainingMs = 60_000): FakeRun {
  const dcs = new FakeDcs();
  const sms = new FakeSms();
  const services: AllServices = {
    ...noServices(),
    dcs: async () => dcs,
    sms: async () => sms,
    dcsInstances: async () => HEALTHY,
    obs: async () => new FakeObs({ others: SMALL_RDB }),
  };
  const lines: Record<string, unknown>[] = [];
  const slept: number[] = [];
  let left = remainingMs;
  const deps: CreateDeps = {
    services,
    secret: ({ user_data: name }) => new Secret(`value of ${name}`),
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
  return { dcs, sms, deps, lines, slept };
}
