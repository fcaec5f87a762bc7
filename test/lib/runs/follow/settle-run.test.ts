import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { leaveQueue, settleRun } from '../../../../lib/runs/follow/settle-run.ts';
import type { LaneEntry } from '../../../../lib/runs/ledger/lane-state.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { listOpen, markOpen } from '../../../../lib/runs/ledger/open-runs.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { foldRun } from '../../../../lib/runs/ledger/run-state.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const TASK = { kind: 'backup_import', id: 't-1', name: 'import-1' } as const;
const REASON = { code: 'c', message: 'm' };
const CREATED = { type: 'created', task: TASK };

/** A run for target x with these records after its first one: `by` somebody else unless it says so. */
async function runWith(...records: readonly object[]) {
  const memory = makeMemoryStore(() => 1);
  const writes: string[] = [];
  const reads: string[] = [];
  const store: LedgerStore = {
    ...memory,
    tail: (list, bytes) => {
      reads.push(list);
      return memory.tail(list, bytes);
    },
    append: (list, position, text) => {
      const types = [...text.matchAll(/"type":"([a-z_]+)"/g)].map(([, type]) => type);
      writes.push(`${list.split('/')[0]} ${types.join(' ')}`);
      return memory.append(list, position, text);
    },
    remove: (name) => {
      writes.push(`remove ${name.split('/')[0]}`);
      return memory.remove(name);
    },
  };
  const [ours, other] = [makeLedger(store, 'ours', () => 1), makeLedger(memory, 'other', () => 1)];
  const policies = { overlap: 'queue', limit: { runs: 20, perMs: 1 }, settleMs: 1, deadlineMs: 1 };
  const planned = { kind: 'backup_import', name: 'import-1', target: 'x', body: {}, warnings: [] };
  const first = {
    type: 'received',
    v: 2,
    job: 'a',
    run: 'r',
    trigger: 'tick',
    source: 's',
    order: 1,
    policies,
    planned,
  };
  const add = async (...given: readonly object[]) => {
    const log = await openRunLog(other, 'a', 'r');
    for (const one of given) await log.append({ ...other.stamp(), ...one } as unknown as RunRecord);
  };
  await markOpen(other, 'a', 'r');
  await add(first, ...records);
  const lane = () => TargetLane.open(other, 'dcs-x');
  const entry = (claim: number): LaneEntry => ({
    job: 'a',
    run: 'r',
    order: 1,
    kind: 'backup_import',
    task: 'import-1',
    claim,
  });
  return {
    ledger: ours,
    writes,
    reads,
    add,
    lane,
    entry,
    log: () => openRunLog(ours, 'a', 'r'),
    types: async () => (await openRunLog(ours, 'a', 'r')).records.map(({ type, by }) => `${type} by ${by}`),
  };
}

describe('settleRun', () => {
  it('records the end, then leaves the lane, then removes the marker', async () => {
    const { ledger, writes, lane, entry, log } = await runWith({ type: 'claimed', until: 1 }, CREATED);
    await (await lane()).enterAndHold(entry(2));

    expect(await settleRun(await log(), { ledger }, { status: 'SUCCESS' })).toBe(true);

    expect(writes).toEqual(['runs settled', 'lanes leave', 'remove open']);
    expect((await lane()).state).toEqual({ entries: [], landed: {}, versions: {}, left: { r: 2 } });
    expect(await listOpen(ledger)).toEqual([]);
  });

  it('records it once, and does the rest again for who died in between', async () => {
    const { ledger, writes, log } = await runWith(CREATED);
    await settleRun(await log(), { ledger });

    expect(await settleRun(await log(), { ledger })).toBe(true);

    expect(writes.filter((write) => write === 'runs settled')).toHaveLength(1);
  });

  it('settles nothing that has ended otherwise meanwhile', async () => {
    const { ledger, add, log } = await runWith(CREATED);
    const read = await log();
    await add({ type: 'forgotten', reason: REASON });

    expect(await settleRun(read, { ledger }, { status: 'SUCCESS' })).toBe(false);

    expect(foldRun(read.records)).not.toHaveProperty('settled');
  });

  it('asks again whether it is right when somebody else wrote first', async () => {
    const { ledger, add, log } = await runWith(CREATED);
    const read = await log();
    await add({ type: 'call', call: 'start', until: 1 });
    const isStillRight = ({ calls }: ReturnType<typeof foldRun>) => calls?.start === undefined;

    expect(await settleRun(read, { ledger }, { isStillRight })).toBe(false);
  });

  it('keeps out of the lane who claimed the run before and is slow', async () => {
    const { ledger, lane, entry, log } = await runWith(
      { type: 'claimed', until: 1 },
      { type: 'rejected', reason: REASON },
    );

    await settleRun(await log(), { ledger });

    expect(await (await lane()).enterAndHold(entry(2))).toBe(false);
    expect((await lane()).state.entries).toEqual([]);
  });
});

describe('a run whose intent says where its lane ended', () => {
  async function created() {
    const run = await runWith({ type: 'claimed', until: 1 });
    await (await run.lane()).enterAndHold(run.entry(2));
    await run.add({ type: 'intent', until: 1, lane: (await run.lane()).place }, CREATED);
    return run;
  }

  it('leaves it without a look', async () => {
    const { ledger, reads, lane, log } = await created();

    await settleRun(await log(), { ledger });

    expect(reads).toEqual([]);
    expect((await lane()).state).toEqual({ entries: [], landed: {}, versions: {}, left: { r: 2 } });
  });

  it('leaves it also when others have written to it since, with a look', async () => {
    const { ledger, reads, lane, entry, log } = await created();
    await (await lane()).enter({ ...entry(2), run: 'r2' });

    await settleRun(await log(), { ledger });

    expect(reads).toEqual(['lanes/target/dcs-x/000001']);
    expect((await lane()).state).toMatchObject({ entries: [{ run: 'r2' }], left: { r: 2 } });
  });
});

describe('leaveQueue', () => {
  it('takes the run out with a claim of its own, so that an earlier claimant changes nothing any more', async () => {
    const { ledger, lane, entry, log, types } = await runWith({ type: 'claimed', until: 1 });
    await (await lane()).enter(entry(2));

    expect(await leaveQueue(await log(), { ledger })).toBe(true);

    expect(await types()).toEqual(['received by other', 'claimed by other', 'claimed by ours']);
    expect(await (await lane()).enter(entry(2))).toBe(false);
    expect((await lane()).state).toMatchObject({ entries: [], left: { r: 3 } });
  });

  it('claims the run again when another invocation has claimed it since', async () => {
    const { ledger, lane, entry, log, types } = await runWith(
      { type: 'claimed', until: 1, by: 'ours' },
      { type: 'claimed', until: 1 },
    );
    await (await lane()).enter(entry(3));

    expect(await leaveQueue(await log(), { ledger })).toBe(true);

    expect((await types()).at(-1)).toBe('claimed by ours');
    expect((await lane()).state).toMatchObject({ entries: [], left: { r: 4 } });
  });

  it('leaves a run alone that somebody else wrote to first', async () => {
    const { ledger, lane, entry, log, add } = await runWith({ type: 'claimed', until: 1 });
    await (await lane()).enter(entry(2));
    const read = await log();
    await add({ type: 'claimed', until: 100 });

    expect(await leaveQueue(read, { ledger })).toBe(false);

    expect((await lane()).state.entries).toEqual([entry(2)]);
  });

  it('needs no claim when the claim is ours, and writes nothing when the run is in no lane', async () => {
    const mine = await runWith({ type: 'claimed', until: 1, by: 'ours' });
    const out = await runWith({ type: 'claimed', until: 1 });
    await (await mine.lane()).enter(mine.entry(2));

    expect(await leaveQueue(await mine.log(), mine)).toBe(true);
    expect(await leaveQueue(await out.log(), out)).toBe(true);

    expect([mine.writes, out.writes]).toEqual([['lanes leave'], []]);
  });
});
