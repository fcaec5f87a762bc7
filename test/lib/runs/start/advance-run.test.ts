import type { LaneEntry } from '../../../../lib/runs/ledger/lane-state.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { advanceRun } from '../../../../lib/runs/start/advance-run.ts';
import { FactFinder } from '../../../../lib/runs/start/facts.ts';
import { lookAtLane } from '../../../../lib/runs/start/lane-fact.ts';
import { HOUR, NOW, PLANNED } from '../../../fixtures/decided-run.ts';
import { newRuns, received } from '../../../fixtures/new-run.ts';

const ENTRY: LaneEntry = { job: 'a', run: 'r', order: NOW, kind: 'backup_import', task: 'import-r', claim: 2 };
const OTHER: LaneEntry = { ...ENTRY, job: 'b', run: 'r0', order: NOW - 1, task: 'import-r0' };

/** A run that `by` has claimed, of which everything is known that it needs to be created. */
async function claimedBy(by: 'ours' | 'other', runs = newRuns()) {
  const log = await runs.log();
  const until = by === 'ours' ? NOW + HOUR : NOW;
  await log.append(
    { ...runs.ledger.stamp(), type: 'received', v: 2, ...received() },
    { ...runs.ledger.stamp(), by, type: 'claimed', until },
  );
  const finder = new FactFinder(log, runs.deps);
  finder.set('pauses', []);
  finder.set('budget', 'left');
  finder.set('object', 'none');
  finder.set('judged', { end: 'complete', planned: PLANNED });
  finder.set('task', { end: 'absent' });
  const ahead = await openRunLog(runs.other, 'b', 'r0');
  await ahead.append({ ...runs.other.stamp(), type: 'received', v: 2, ...received({ job: 'b', run: 'r0' }) });
  const types = async () => (await runs.records()).map((record) => `${record.type} by ${record.by}`);
  return { ...runs, log, finder, types, advance: () => advanceRun(log, runs.deps, finder) };
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
    expect(await lookAtLane(later, PLANNED, deps)).toMatchObject({ is: 'behind', blocker: { run: 'r' } });
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
    const runs = newRuns();
    const { advance, finder, cloud, records } = await claimedBy('ours', runs);
    finder.set('lane', { is: 'held' });
    const there = await runs.memory.read('runs/a/r');
    const record = { ...runs.other.stamp(), type: 'claimed', until: NOW + HOUR } satisfies object;
    await runs.memory.append('runs/a/r', there.position, `${JSON.stringify(record)}\n`);

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'in_progress' } });

    expect(cloud.creates).toEqual([]);
    expect((await records()).map(({ type }) => type)).toEqual(['received', 'claimed', 'claimed']);
  });
});

describe('a run that has to queue', () => {
  const BEHIND = {
    is: 'behind',
    blocker: { job: 'b', run: 'r0' },
    isSteady: false,
    isIn: false,
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
    const runs = newRuns();
    const { advance, finder, lane, types } = await claimedBy('other', runs);
    await (await lane()).enter(ENTRY);
    finder.set('lane', { is: 'free', ended: [] });
    finder.set('budget', OVER);
    const { position } = await runs.memory.read('runs/a/r');
    const record = { ...runs.other.stamp(), type: 'claimed', until: NOW + HOUR } as RunRecord;
    await runs.memory.append('runs/a/r', position, `${JSON.stringify(record)}\n`);

    expect(await advance()).toMatchObject({ outcome: 'waiting', reason: { code: 'in_progress' } });

    expect(await types()).toEqual(['received by ours', 'claimed by other', 'claimed by other']);
    expect((await lane()).state.entries).toEqual([ENTRY]);
  });
});
