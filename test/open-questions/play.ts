import type { Answers } from '../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { AssumedRegion, type Crash } from './assumed-region.ts';
import { recordedRuns, violations } from './promises.ts';

export type JobName = 'import-landed' | 'import-nightly' | 'move-cache' | 'move-server';

/** What happens besides: everything is delivered at least twice anyway. */
export interface Plan {
  /** @default all */
  readonly jobs?: readonly JobName[];
  /** The create calls whose first response is lost. */
  readonly lost?: readonly ('CreateMigrationTask' | 'CreateOnlineMigrationTask' | 'CreateTask')[];
  /** Where the first delivery of each job dies. */
  readonly crash?: Crash;
}

/** How a job's run ended: the status of its task, or the code of the reason. */
export interface Played {
  readonly violations: readonly string[];
  /** By job, sorted, one for each run. */
  readonly ends: Readonly<Record<string, readonly string[]>>;
  /** Whether nothing was left to do. */
  readonly settled: boolean;
  readonly lines: readonly string[];
}

const ALL_JOBS: readonly JobName[] = ['import-landed', 'import-nightly', 'move-cache', 'move-server'];
/** Three hours; a run that still waits then has trouble that does not pass. */
const TICKS = 36;
const TICKS_AFTERWARDS = 12;

/**
 * Plays each job: two objects for the same target at once, a tick, and requests; every event once more while the first is handled or soon after, and
 * once more when everything is over.
 */
export async function play(assume: Answers, { jobs = ALL_JOBS, lost = [], crash }: Plan = {}): Promise<Played> {
  const region = await AssumedRegion.start({ assume });
  try {
    for (const operation of lost) region.cloud.faults.add({ operation, kind: 'reply_lost' });
    const has = (job: JobName) => jobs.includes(job);
    const crashNext = () => crash && region.crashNext(crash);
    const deliver = async () => {
      for (const job of ['move-cache', 'move-server'] as const) {
        if (has(job)) await region.request(job, 'key-1');
      }
    };
    // A sweep finds what comes after the first tick.
    await region.reconcile();
    if (has('import-landed')) {
      crashNext();
      await region.put('prod/a.rdb');
      await region.put('prod/b c+d.rdb');
    }
    for (const job of ['move-cache', 'move-server'] as const) {
      if (!has(job)) continue;
      crashNext();
      await region.request(job, 'key-1');
    }
    if (has('import-nightly')) {
      crashNext();
      await region.tick('import-nightly');
    }
    await region.redeliver();
    await deliver();
    await region.settle(TICKS);
    await region.redeliver();
    await deliver();
    const settled = await region.settle(TICKS_AFTERWARDS);
    region.makeReadable();
    return { violations: await violations(region), ends: await endsOf(region), settled, lines: region.lines };
  } finally {
    await region.close();
  }
}

async function endsOf(region: AssumedRegion): Promise<Record<string, string[]>> {
  const ends: Record<string, string[]> = {};
  for (const { job, state } of await recordedRuns(region)) {
    ends[job] = [...(ends[job] ?? []), (state.settled && state.status) || state.reason?.code || 'nothing'].sort();
  }
  return ends;
}
