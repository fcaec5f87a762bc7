import type { LaneEntry } from '../../../../lib/runs/ledger/lane-state.ts';
import { leaveLane } from '../../../../lib/runs/ledger/leave-lane.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { TargetLane } from '../../../../lib/runs/ledger/target-lane.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

const ENTRY: LaneEntry = { job: 'a', run: 'r', order: 1, kind: 'backup_import', task: 'import-r', claim: 2 };

describe('leaveLane', () => {
  it('removes also a run that joined since the lane was read', async () => {
    const store = makeMemoryStore();
    const [ours, other] = [makeLedger(store, 'ours', () => 1), makeLedger(store, 'other', () => 1)];
    await TargetLane.shared(ours, 'dcs-x');
    await (await TargetLane.open(other, 'dcs-x')).enter(ENTRY);

    await leaveLane(ours, 'dcs-x', { run: 'r', claim: 2 });

    expect((await TargetLane.open(other, 'dcs-x')).state).toEqual({
      entries: [],
      landed: {},
      versions: {},
      left: { r: 2 },
    });
  });

  it('writes nothing of a run that is not there, unless a slow claimant of it has to be kept out', async () => {
    const store = makeMemoryStore();
    const ledger = makeLedger(store, 'ours', () => 1);

    await leaveLane(ledger, 'dcs-x', { run: 'r', claim: 2 });
    expect((await store.read('lanes/target/dcs-x/000001')).position).toBe(0);
    await leaveLane(ledger, 'dcs-x', { run: 'r', claim: 2, fenced: true });
    expect((await TargetLane.open(ledger, 'dcs-x')).state.left).toEqual({ r: 2 });
  });
});
