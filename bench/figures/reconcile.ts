import { measure } from '../measure.ts';
import type { Row } from '../report.ts';
import type { System } from '../system.ts';

const JOBS = {
  version: 1,
  region: 'ap-southeast-3',
  jobs: {
    move: {
      on: { schedule: { cron: '0 0 2 * * ?' } },
      limit: { runs: 100_000, per: '1h' },
      online_migration: {
        vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
        subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
        security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
      },
    },
  },
};
const TICK = {
  version: 'v1.0',
  time: '2026-03-14T02:20:00Z',
  trigger_type: 'TIMER',
  trigger_name: 'tick-#',
  user_event: 'move',
};
const TICKS = 3;
/** As serverless.yml has it for reconcile. */
const REMAINING_MS = 240_000;
const SEEDING_AT_ONCE = 20;

/** A tick of `reconcile` with more and more open runs, each of them a task that goes on. The ledger is a folder. */
export async function reconcileGrowth(system: System, sizes: readonly number[]): Promise<Row[]> {
  const ledger = await system.newFolder();
  const userData = { ...(await system.userData(JOBS, system.dcs.url)), MIGRATIONS_LEDGER_FOLDER: ledger };
  const rows: Row[] = [];
  let open = 0;
  let eachOfSmallest: readonly number[] | undefined;
  for (const size of sizes) {
    const toDo = { event: TICK, userData, invocations: size - open - 1, concurrency: SEEDING_AT_ONCE };
    await measure(system.moduleOf('schedule'), toDo);
    open = size;
    const cpu: number[] = [];
    const ms: number[] = [];
    const requests: number[] = [];
    for (let tick = -1; tick < TICKS; tick++) {
      const event = { ...TICK, trigger_name: 'reconcile', user_event: '' };
      const found = await measure(system.moduleOf('reconcile'), { event, userData, remainingMs: REMAINING_MS });
      const answer = found.answer as { readonly open: number; readonly left: number };
      if (answer.open !== size || answer.left !== 0) {
        throw new Error(`reconcile saw ${answer.open} open runs and left ${answer.left}; ${size} were made`);
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
