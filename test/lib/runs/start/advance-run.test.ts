import { RunError } from '../../../../lib/kernel/errors.ts';
import { Budget } from '../../../../lib/runs/ledger/budget.ts';
import type { LaneEntry } from '../../../../lib/runs/ledger/lane-state.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { advanceRun } from '../../../../lib/runs/start/advance-run.ts';
import { FactFinder } from '../../../../lib/runs/start/facts.ts';
import { inspectLane } from '../../../../lib/runs/start/lane-fact.ts';
import { HOUR, NOW, PLANNED } from '../../../fixtures/decided-run.ts';
import { newRuns, received } from '../../../fixtures/new-run.ts';

const ENTRY: LaneEntry = { job: 'a', run: 'r', order: NOW, kind: 'backup_import', task: 'import-r', claim: 2 };
const OTHER: LaneEntry = { ...ENTRY, job: 'b', run: 'r0', order: NOW - 1, task: 'import-r0' };

/** A run that `by` has claimed, of which everything is known that it needs to be created. */
async function claimedBy(by: 'ours' | 'other', runs = newRuns(), given = received()) {
  const log = await runs.log();
  const until = by === 'ours' ? NOW + HOUR : NOW;
  await log.append(
    { ...runs.ledger.stamp(), type: 'received', v: 2, ...given },
    { ...runs.ledger.stamp(), by, type: 'claimed', until },
  );
  const finder = new FactFinder(log, runs.deps);
  finder.set('pauses', []);
  finder.set('budget', 'left');
  finder.set('object', 'none');
  finder.set('checked', { end: 'complete', planned: PLANNED });
  finder.set('task', { end: 'absent' });
  const ahead = await openRunLog(runs.other, 'b', 'r0');
  await ahead.append({ ...runs.other.stamp(), type: 'received', v: 2, ...received({ job: 'b', run: 'r0' }) });
  /** Somebody else claims the run. */
  const takeOver = async (until: number) => {
    const { position } = await runs.memory.read('runs/a/r');
    const record = { ...runs.other.stamp(), type: 'claimed', until };
    await runs.memory.append('runs/a/r', position, `${JSON.stringify(record)}\n`);
  };
  const types = async () => (await runs.records()).map((record) => `${record.type} by ${record.by}`);
  return { ...runs, log, finder, types, takeOver, advance: () => advanceRun(log, runs.deps, finder) };
}

describe('a run whose turn it is', () => {
  it('is created, and its intent says where its lane ended', async () => {
    const { advance, finder, lane, log, records } = await claimedBy('ours');
    finder.set('lane', { is: 'free', ended: [] });

    expect(await advance()).toMatchObject({ outcome: 'created' });

    expect((await records()).map(({ type }) => type)).toEqual(['received', 'claimed', 'prepared', 'intent', 'created']);
    const { place, state } = await lane();
    expect(log.state.lane).toEqual(place);
    expect(place.position).toBeGreaterThan(0);
    expect(state).toMatchObject({ holder: 'r', entries: [ENTRY] });
  });

  it('is known to have it by those who ask in the same invocation, without a look at its task', async () => {
    const { advance, asked, finder, deps, ledger } = await claimedBy('ours');
    finder.set('lane', { is: 'free', ended: [] });
    await advance();

    const later = { ...ledger.stamp(), type: 'received', v: 2, ...received({ run: 'r2', order: NOW + 1 }) } as const;
    expect(await inspectLane(later, PLANNED, deps)).toMatchObject({ is: 'behind', blocker: { run: 'r' } });
    expect(asked).toEqual([]);
  });

  it('claims it again when it has left with its claim', async () => {
    const { advance, finder, lane, types } = await claimedBy('ours');
    await (await lane()).leave('r', 2, { fenced: true });
    finder.set('lane', { is: 'free', ended: [] });

    expect(await advance()).toMatchObject({ outcome: 'created' });

    expect((await types()).filter((type) => type === 'claimed by ours')).toHaveLength(2);
    expect((await lane()).state).toMatchObject({ holder: 'r', entries: [{ ...ENTRY, claim: 3 }] });
  });

  it('waits when another one took the turn meanwhile', async () => {
    const { advance, finder, lane, cloud } = await claimedBy('ours');
    await (await lane()).enterAndHold(OTHER);
    finder.set('lane', { is: 'free', ended: [] });

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });

    expect(cloud.creates).toEqual([]);
    expect((await lane()).state).toMatchObject({ holder: 'r0' });
  });

  it('is not created when somebody else wrote before the intent', async () => {
    const { advance, finder, cloud, records, takeOver } = await claimedBy('ours');
    finder.set('lane', { is: 'held' });
    await takeOver(NOW + HOUR);

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'in_progress' } });

    expect(cloud.creates).toEqual([]);
    expect((await records()).map(({ type }) => type)).toEqual(['received', 'claimed', 'claimed']);
  });
});

describe('a run whose secret is not set', () => {
  it('is refused, and what it spent is given back', async () => {
    const { deps: given, log, finder, records, memory } = await claimedBy('ours');
    const planned = { ...PLANNED, body: { password: { user_data: 'X' } } };
    finder.set('checked', { end: 'complete', planned });
    finder.set('lane', { is: 'free', ended: [] });
    const secret = () => {
      throw new RunError('secret_missing', 'the secret X is not set');
    };

    const reason = { code: 'secret_missing', message: 'the secret X is not set' };
    expect(await advanceRun(log, { ...given, secret }, finder)).toEqual({ outcome: 'rejected', reason });

    expect((await records()).map(({ type }) => type).slice(3)).toEqual(['intent', 'rejected', 'settled']);
    const [spent] = await memory.list('lanes/job/a/', { limit: 1 });
    expect((await memory.read(spent?.name ?? '')).text).toContain('"back":true');
  });
});

describe('a run that somebody else has written to', () => {
  it('is checked again: its turn may be over', async () => {
    const { advance, finder, lane, cloud, takeOver } = await claimedBy('ours');
    await (await lane()).enterAndHold(OTHER);
    finder.set('lane', { is: 'held' });
    await takeOver(NOW);

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });

    expect(cloud.creates).toEqual([]);
  });

  it('does not get the answer that was decided before', async () => {
    const { advance, finder, takeOver, types } = await claimedBy('ours');
    finder.set('lane', { is: 'behind', blocker: { job: 'b', run: 'r0' }, isSteady: false, isQueued: true, ended: [] });
    await takeOver(NOW + HOUR);

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'in_progress' } });

    expect(await types()).toEqual(['received by ours', 'claimed by ours', 'claimed by other']);
  });
});

describe('a run that has its turn and cannot be created', () => {
  it('leaves the lane that it has just joined, when its trouble is its own', async () => {
    const { advance, finder, lane } = await claimedBy('ours');
    const targetBusy = { code: 'AccessDenied', message: 'not allowed' } as const;
    finder.isOutside = true;
    finder.set('lane', { is: 'free', ended: [] });
    finder.set('checked', { end: 'complete', planned: PLANNED, targetBusy });

    expect(await advance()).toEqual({ outcome: 'waiting', reason: targetBusy });

    expect((await lane()).state).toEqual({ entries: [], landed: {}, versions: {}, left: { r: 2 } });
  });

  it('leaves it when others have spent the budget meanwhile', async () => {
    const runs = newRuns();
    const { policies } = received();
    const limit = { runs: 1, perMs: HOUR };
    const { advance, finder, lane, cloud } = await claimedBy(
      'ours',
      runs,
      received({ policies: { ...policies, limit } }),
    );
    finder.set('lane', { is: 'free', ended: [] });
    await new Budget(runs.other, { job: 'a', run: 'r0', limit }).spend();

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'over_budget' } });

    expect(cloud.creates).toEqual([]);
    expect((await lane()).state.entries).toEqual([]);
  });
});

describe('a run that has to queue', () => {
  const BEHIND = {
    is: 'behind',
    blocker: { job: 'b', run: 'r0' },
    isSteady: false,
    isQueued: false,
    ended: [],
  } as const;

  it('joins with another claim when it has left with its claim', async () => {
    const { advance, finder, lane } = await claimedBy('ours');
    await (await lane()).enterAndHold(OTHER);
    await (await lane()).leave('r', 2, { fenced: true });
    finder.set('lane', BEHIND);

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });

    expect((await lane()).state).toMatchObject({ holder: 'r0', entries: [OTHER, { ...ENTRY, claim: 3 }] });
  });

  it('removes who has ended on the way', async () => {
    const { advance, finder, lane } = await claimedBy('ours');
    await (await lane()).enterAndHold(OTHER);
    await (await lane()).enter({ ...OTHER, run: 'r1' });
    finder.set('lane', { ...BEHIND, ended: [{ run: 'r1', claim: 2 }] });

    await advance();

    expect((await lane()).state).toMatchObject({ holder: 'r0', entries: [OTHER, ENTRY], left: { r1: 2 } });
  });
});

describe('a run that has to wait outside its lane', () => {
  const OVER = { until: NOW + HOUR, first: false };

  it('leaves it first, with a claim of its own', async () => {
    const { advance, finder, lane, types } = await claimedBy('other');
    await (await lane()).enter(ENTRY);
    finder.set('lane', { is: 'free', ended: [] });
    finder.set('budget', OVER);

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'over_budget' } });

    expect((await lane()).state.entries).toEqual([]);
    expect(await types()).toEqual([
      'received by ours',
      'claimed by other',
      'claimed by ours',
      'prepared by ours',
      'waiting by ours',
    ]);
  });

  it('is decided on again when somebody else wrote to it meanwhile', async () => {
    const { advance, finder, lane, types, takeOver } = await claimedBy('other');
    await (await lane()).enter(ENTRY);
    finder.set('lane', { is: 'free', ended: [] });
    finder.set('budget', OVER);
    await takeOver(NOW + HOUR);

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'in_progress' } });

    expect(await types()).toEqual(['received by ours', 'claimed by other', 'claimed by other']);
    expect((await lane()).state.entries).toEqual([ENTRY]);
  });
});
