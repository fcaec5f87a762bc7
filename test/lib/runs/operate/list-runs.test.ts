import type { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { markOpen } from '../../../../lib/runs/ledger/open-runs.ts';
import { type ListedRun, listOpenOnly, listRuns, readRuns } from '../../../../lib/runs/operate/list-runs.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const HOUR = 60 * 60_000;
const run = (n: number) => String(n).padStart(32, '0');

/** A ledger with runs 1, 2, 3 ... written an hour apart, of which some are open. */
async function ledgerWith(count: number, open: readonly number[] = []) {
  let now = 0;
  let reading = 0;
  const seen = { reads: [] as string[], most: 0 };
  const store = makeMemoryStore(() => now);
  const ledger = makeLedger(
    {
      ...store,
      read: async (list) => {
        seen.reads.push(list);
        reading += 1;
        seen.most = Math.max(seen.most, reading);
        await new Promise((resolve) => setImmediate(resolve));
        reading -= 1;
        return store.read(list);
      },
    },
    'test',
    () => now,
  );
  for (let n = 1; n <= count; n++) {
    now = n * HOUR;
    const job = n % 2 === 0 ? 'even' : 'odd';
    if (open.includes(n)) await markOpen(ledger, job, run(n));
    const policies = { overlap: 'queue', limit: { runs: 1, perMs: 1 }, settleMs: 1, deadlineMs: 1 };
    const first = { job, run: run(n), trigger: 'tick', source: `tick ${n}`, order: n, policies };
    const record = { ...ledger.stamp(), type: 'received', v: 2, ...first };
    await store.append(`runs/${job}/${run(n)}`, 0, `${JSON.stringify(record)}\n`);
  }
  return { ledger, seen };
}

const names = (listed: readonly ListedRun[]) => listed.map((entry) => Number(entry.run));
const all = { isWanted: () => true, limit: 1_000, onProgress: () => {}, onTrouble: () => {} };

describe('listRuns', () => {
  it('lists the runs since a time and the open ones, newest first, and reads none of them', async () => {
    const { ledger, seen } = await ledgerWith(6, [1]);

    const listed = await listRuns(ledger, { since: 5 * HOUR });

    expect(names(listed)).toEqual([6, 5, 1]);
    expect(seen.reads).toEqual([]);
  });

  it('lists those of one job alone', async () => {
    const { ledger } = await ledgerWith(6, [1]);

    expect(names(await listRuns(ledger, { job: 'odd', since: 4 * HOUR }))).toEqual([5, 1]);
  });

  it('continues beyond one page of names', async () => {
    const { ledger } = await ledgerWith(2_050);

    expect(await listRuns(ledger, { since: 0 })).toHaveLength(2_050);
  });
});

describe('listOpenOnly', () => {
  it('lists the open ones, newest first', async () => {
    const { ledger } = await ledgerWith(6, [1, 4]);

    expect(names(await listOpenOnly(ledger, undefined))).toEqual([4, 1]);
    expect(names(await listOpenOnly(ledger, 'even'))).toEqual([4]);
  });
});

describe('readRuns', () => {
  it('reads at most eight in parallel, and stops when it has as many as wanted', async () => {
    const { ledger, seen } = await ledgerWith(40);
    const progress: number[] = [];

    const listed = await listRuns(ledger, { since: 0 });
    const { runs, left } = await readRuns(ledger, listed, {
      ...all,
      isWanted: ({ view }) => view.job === 'even',
      limit: 6,
      onProgress: (read) => progress.push(read),
    });

    expect(runs.map(({ source }) => source)).toEqual([40, 38, 36, 34, 32, 30].map((n) => `tick ${n}`));
    expect({ left, most: seen.most, reads: seen.reads.length, progress }).toEqual({
      left: 29,
      most: 8,
      reads: 16,
      progress: [8, 11],
    });
  });

  it('takes a marker without a first record for no run yet', async () => {
    const { ledger } = await ledgerWith(1);
    await markOpen(ledger, 'odd', run(9));

    expect((await readRuns(ledger, await listOpenOnly(ledger, 'odd'), all)).runs).toEqual([]);
  });

  it('reports one that cannot be read, and reads the others', async () => {
    const { ledger } = await ledgerWith(2);
    await ledger.store.append(`runs/odd/${run(3)}`, 0, 'no record\n');
    const trouble: [ListedRun, LedgerError][] = [];

    const { runs } = await readRuns(ledger, await listRuns(ledger, { since: 0 }), {
      ...all,
      onTrouble: (...told) => trouble.push(told),
    });

    expect(runs).toHaveLength(2);
    expect(trouble).toMatchObject([[{ run: run(3) }, { code: 'ledger' }]]);
  });
});
