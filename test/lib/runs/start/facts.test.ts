import { RunError } from '../../../../lib/kernel/errors.ts';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { claimRecord } from '../../../../lib/runs/start/claim-record.ts';
import { FactFinder } from '../../../../lib/runs/start/facts.ts';
import type { Run } from '../../../../lib/runs/start/run.ts';
import { FakeObs } from '../../../fakes/fake-obs.ts';
import { GIVEN, PLANNED } from '../../../fixtures/decided-run.ts';
import { gate, newRuns, received } from '../../../fixtures/new-run.ts';
import { SMALL_RDB } from '../../../fixtures/rdb.ts';

/** The facts of a recorded run, which `ours` handles. */
async function factsOf(runs = newRuns(), given = received()) {
  const { ledger, deps } = runs;
  const log = await runs.log();
  const records = [{ type: 'received', v: 2, ...given }, claimRecord(deps)];
  await log.append(...records.map((record) => ({ ...ledger.stamp(), ...record }) as RunRecord));
  return { ...runs, log, finder: new FactFinder(log, deps) };
}

describe('what is known', () => {
  it('is looked for once, and again when it is asked for again, or the run has changed', async () => {
    const { finder, asked } = await factsOf();

    finder.begin(['task']);
    await finder.learn(['task']);
    expect([asked.length, finder.facts.known.task]).toEqual([1, { end: 'absent' }]);
    await finder.learn(['task']);
    expect(asked).toHaveLength(2);
    finder.begin(['task']);
    finder.clear();
    expect(finder.facts.known).toEqual({});
    await finder.learn(['task']);
    expect(asked).toHaveLength(3);
    finder.drop(['task']);
    expect(finder.facts.known).toEqual({});
  });

  it('of a run that has changed is not that it stands in no lane', async () => {
    const { finder } = await factsOf();
    finder.isOutside = true;

    finder.clear();

    expect(finder.isOutside).toBe(false);
  });

  it('of pauses is so for two seconds', async () => {
    const { finder, later } = await factsOf();
    await finder.learn(['pauses']);

    later(1_999);
    expect(finder.facts.known).toEqual({ pauses: [] });
    later(1);
    expect(finder.facts.known).toEqual({});
  });

  it('of time is whether a second and a half and more is left', async () => {
    const runs = newRuns();
    const { log } = await factsOf(runs);
    const left = (ms: number) => new FactFinder(log, { ...runs.deps, remainingMs: () => ms }).facts.hasTime;

    expect([left(1_500), left(1_501)]).toEqual([false, true]);
  });

  it('of an object is seen again with another look once it was dropped', async () => {
    const runs = newRuns();
    const obs = new FakeObs({ others: SMALL_RDB });
    const deps = { ...runs.deps, services: { ...runs.deps.services, obs: async () => obs } };
    const { finder } = await factsOf({ ...runs, deps }, received({ trigger: 'object', given: GIVEN }));

    await finder.learn(['object']);
    await finder.learn(['object']);

    expect(obs.read).toEqual(['b/k', 'b/k']);
  });

  it('of a run that is not recorded yet is about what its first records will say, and then about what they say', async () => {
    const runs = newRuns();
    const log = await runs.log();
    const first = received();
    const { target: _none, ...planned } = PLANNED;
    const record = { ...runs.ledger.stamp(), type: 'received', v: 2, ...first } as const;
    const run: Run = { state: { lastClaim: 2 }, received: record, planned, records: 2, claims: 1 };
    const finder = new FactFinder(log, runs.deps, run);

    await finder.learn(['lane']);
    expect(finder.facts.known.lane).toEqual({ is: 'none' });
    await log.append(record);
    await finder.learn(['lane']);
    expect(finder.facts.known.lane).toEqual({ is: 'free', ended: [] });
  });
});

describe('a look that fails', () => {
  it('is thrown to who asks for it, and made again when it is asked for again', async () => {
    const trouble = { on: true };
    const runs = newRuns((store) => ({
      ...store,
      tail: async (list, bytes) => {
        if (trouble.on && list.startsWith('lanes/')) throw new LedgerError('ledger read: 503', { temporary: true });
        return store.tail(list, bytes);
      },
    }));
    const { finder } = await factsOf(runs);

    finder.begin(['lane']);
    await expect(finder.learn(['lane'])).rejects.toThrow('503');
    trouble.on = false;
    await finder.learn(['lane']);
    expect(finder.facts.known.lane).toEqual({ is: 'free', ended: [] });
  });

  it('is thrown when those beside it have come to their end, which begin at once', async () => {
    const { opened, open } = gate();
    const runs = newRuns((store) => ({
      ...store,
      tail: async (list, bytes) => {
        if (list.startsWith('lanes/')) throw new LedgerError('ledger read: 503', { temporary: true });
        return store.tail(list, bytes);
      },
    }));
    const begun = gate();
    const services = {
      ...runs.deps.services,
      dcs: async () => {
        begun.open();
        await opened;
        return runs.deps.services.dcs();
      },
    };
    const { finder } = await factsOf({ ...runs, deps: { ...runs.deps, services } });
    let isOver = false;

    const learning = finder.learn(['task', 'lane']).finally(() => {
      isOver = true;
    });
    learning.catch(() => undefined);
    await begun.opened;
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    open();
    await expect(learning).rejects.toThrow('503');
    expect(finder.facts.known).toEqual({ task: { end: 'absent' } });
  });

  it('beside a slow one is not waited with: all begin at once', async () => {
    const both = gate();
    let waiting = 0;
    const meet = async () => {
      waiting += 1;
      if (waiting === 2) both.open();
      await both.opened;
    };
    const runs = newRuns((store) => ({
      ...store,
      tail: async (list, bytes) => {
        if (list.startsWith('lanes/')) await meet();
        return store.tail(list, bytes);
      },
    }));
    const services = {
      ...runs.deps.services,
      dcs: async () => {
        await meet();
        return runs.deps.services.dcs();
      },
    };
    const { finder } = await factsOf({ ...runs, deps: { ...runs.deps, services } });

    await finder.learn(['task', 'lane']);

    expect(finder.facts.known).toEqual({ task: { end: 'absent' }, lane: { is: 'free', ended: [] } });
  }, 5_000);

  it('for a task refuses the run where what was seen does so for good', async () => {
    const runs = newRuns();
    const services = {
      ...runs.deps.services,
      dcs: async () => {
        throw new RunError('source_busy' as never, 'another task has the server');
      },
    };
    const { finder } = await factsOf({ ...runs, deps: { ...runs.deps, services } });

    await finder.learn(['task']);

    expect(finder.facts.known.task).toEqual({
      end: 'refused',
      reason: { code: 'source_busy', message: 'another task has the server' },
    });
  });
});
