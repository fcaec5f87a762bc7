import { measure } from '../measure.ts';
import type { Row } from '../report.ts';
import { startStubDcs } from '../stub-dcs.ts';
import { landedEvent, type System } from '../system.ts';

const JOBS = {
  version: 1,
  region: 'ap-southeast-3',
  jobs: {
    import: {
      on: { object_created: { bucket: 'backups', key: '*' } },
      limit: { runs: 100_000, per: '1h' },
      preflight: 'off',
      // Each run has its own target, because its event has its own time; so no run waits.
      backup_import: { target_instance: { id: 'at-{{ time.iso }}' } },
    },
  },
};
const TICK = {
  version: 'v1.0',
  time: '2026-03-14T02:20:00Z',
  trigger_type: 'TIMER',
  trigger_name: 'reconcile',
  user_event: '',
};
const TICKS = 3;
/** The timeout of reconcile in serverless.yml. */
const REMAINING_MS = 240_000;
const SEEDING_CONCURRENCY = 20;

/** A tick of `reconcile` with an increasing number of open runs, each with a running task. The ledger is a folder. */
export async function reconcileGrowth(system: System, sizes: readonly number[]): Promise<Row[]> {
  const ledger = await system.newFolder();
  const dcs = await startStubDcs({ status: 'MIGRATING' });
  try {
    return await ticks(system, sizes, { ...(await system.userData(JOBS, dcs.url)), MIGRATIONS_LEDGER_FOLDER: ledger });
  } finally {
    await dcs.close();
  }
}

async function ticks(system: System, sizes: readonly number[], userData: Record<string, string>): Promise<Row[]> {
  const rows: Row[] = [];
  let open = 0;
  let eachOfSmallest: readonly number[] | undefined;
  for (const size of sizes) {
    const landed = (await landedEvent(1, () => 'i#')) as { readonly Records: readonly object[] };
    const event = { Records: landed.Records.map((record) => ({ ...record, eventTime: '2026-03-14T02:20:37.5#Z' })) };
    const workload = { event, userData, invocations: size - open - 1, concurrency: SEEDING_CONCURRENCY };
    await measure(system.moduleOf('backup-landed'), workload);
    open = size;
    const cpu: number[] = [];
    const ms: number[] = [];
    const requests: number[] = [];
    for (let tick = -1; tick < TICKS; tick++) {
      const found = await measure(system.moduleOf('reconcile'), { event: TICK, userData, remainingMs: REMAINING_MS });
      const response = found.response as { readonly open: number; readonly left: number };
      if (response.open !== size || response.left !== 0) {
        throw new Error(`reconcile found ${response.open} open runs and left ${response.left}; expected ${size} and 0`);
      }
      if (tick < 0) continue;
      cpu.push(found.first.cpuMs);
      ms.push(found.first.ms);
      requests.push(Object.values(found.requests).reduce((sum, count) => sum + count, 0));
    }
    const subject = `${size} open runs`;
    const each = cpu.map((value) => value / size);
    rows.push({ figure: 'reconcile: a tick', subject, unit: 'ms', values: ms });
    rows.push({ figure: 'reconcile: CPU of a tick', subject, unit: 'ms CPU', values: cpu });
    eachOfSmallest ??= each;
    const against = [{ name: `${sizes[0]} open runs`, values: eachOfSmallest, goal: { atMost: 1.25 } }];
    rows.push({ figure: 'reconcile: CPU of one run', subject, unit: 'ms CPU', values: each, against });
    rows.push({ figure: 'reconcile: requests of a tick', subject, unit: 'requests', values: requests });
  }
  return rows;
}
