import { CloudError, RunError } from '../../../../lib/kernel/errors.ts';
import { makeLedger } from '../../../../lib/runs/ledger/ledger.ts';
import { openRunLog } from '../../../../lib/runs/ledger/run-log.ts';
import { type CallCheck, type ChangingCall, callOnce } from '../../../../lib/runs/start/changing-call.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';
import { fakeRun } from '../../../fakes/run-deps.ts';

const SETTLE_MS = 60_000;

/** A call whose looks and answers the test gives. */
function scripted(byList = false) {
  let now = 1_000_000;
  const store = makeMemoryStore(() => now);
  let sent = 0;
  const looks: (CallCheck | Error)[] = [];
  const failures: Error[] = [];
  const call: ChangingCall = {
    name: 'configure',
    byList,
    check: async () => {
      const look = looks.shift() ?? { seen: 'not_done' };
      if (look instanceof Error) throw look;
      return look;
    },
    send: async () => {
      sent += 1;
      const failure = failures.shift();
      if (failure) throw failure;
      return { id: 'made-1' };
    },
  };
  let invocations = 0;
  return {
    looks,
    failures,
    get now() {
      return now;
    },
    get sent() {
      return sent;
    },
    advance: (ms: number) => {
      now += ms;
    },
    /** Another invocation, with a minute of time. */
    once: async () => {
      invocations += 1;
      const ledger = makeLedger(store, `invocation-${invocations}`, () => now);
      return callOnce(await openRunLog(ledger, 'job', 'run'), call, SETTLE_MS, { ...fakeRun().deps, ledger });
    },
    records: async () => (await store.read('runs/job/run')).text.split('\n').length - 1,
  };
}

const cloudError = (outcome: 'rejected' | 'unknown' | 'not_sent', temporary = false) =>
  new CloudError({ service: 'DCS', operation: 'SetOnlineMigrationTask', outcome, temporary });

describe('a changing call', () => {
  it('is sent once and taken from the ledger afterwards', async () => {
    const it = scripted();

    expect(await it.once()).toEqual({ end: 'done', id: 'made-1' });
    expect(await it.once()).toEqual({ end: 'done', id: 'made-1' });
    expect(it.sent).toBe(1);
  });

  it('is not sent when it was done by somebody else', async () => {
    const it = scripted();
    it.looks.push({ seen: 'done' });

    expect(await it.once()).toEqual({ end: 'done' });
    expect(it.sent).toBe(0);
  });

  it('is not sent while its result is unknown', async () => {
    const it = scripted();
    it.looks.push({ seen: 'unreadable', reason: { code: 'unknown_state', message: 'what?' } });

    expect(await it.once()).toMatchObject({ end: 'pending', reason: { code: 'unknown_state' } });
    expect(it.sent).toBe(0);
  });

  it.each([false, true])(
    'is sent again after a lost answer only when settled (found in a list: %s)',
    async (byList) => {
      const it = scripted(byList);
      it.failures.push(cloudError('unknown'));
      await it.once();

      // The attempt is definitely over a minute and 15 seconds after it began.
      it.advance(195_000);
      expect(await it.once()).toMatchObject({ end: 'pending' });
      it.advance(SETTLE_MS - 1);
      expect(await it.once()).toMatchObject({ end: 'pending' });
      expect(it.sent).toBe(1);
      it.advance(1);
      expect(await it.once()).toEqual({ end: 'done', id: 'made-1' });
      expect(it.sent).toBe(2);
    },
  );

  it('is not sent again on the strength of a state that was read before the attempt was settled', async () => {
    const it = scripted();
    it.failures.push(cloudError('unknown'));
    const before = it.now;
    await it.once();
    it.advance(10 * 60_000);

    it.looks.push({ seen: 'not_done', at: before });
    expect(await it.once()).toMatchObject({ end: 'pending' });
    expect(it.sent).toBe(1);
  });

  it('is not sent while the list that would have it cannot be read', async () => {
    const it = scripted();
    it.looks.push(cloudError('unknown'));

    expect(await it.once()).toMatchObject({ end: 'pending', reason: { code: 'unknown' } });
    expect(it.sent).toBe(0);
  });

  it('that definitely was not done is sent again when its wait is over, and not before', async () => {
    const it = scripted();
    it.failures.push(cloudError('rejected', true));
    await it.once();

    it.advance(29_999);
    expect(await it.once()).toMatchObject({ end: 'pending', notBefore: it.now + 1 });
    expect(it.sent).toBe(1);
    it.advance(1);
    expect(await it.once()).toEqual({ end: 'done', id: 'made-1' });
  });

  it('is not even looked for while it may be under way', async () => {
    const it = scripted(true);
    it.failures.push(cloudError('unknown'));
    await it.once();
    const records = await it.records();
    it.advance(74_999);
    it.looks.push({ seen: 'done' });

    expect(await it.once()).toMatchObject({ end: 'pending', reason: { message: 'configure is being sent' } });
    expect([await it.records(), it.looks.length]).toEqual([records, 1]);
  });

  it('that makes something is sent again only when two listings do not have it, however late they are', async () => {
    const it = scripted(true);
    it.failures.push(cloudError('unknown'));
    await it.once();
    it.advance(10 * 60_000);

    expect(await it.once()).toMatchObject({ end: 'pending' });
    expect(it.sent).toBe(1);
    expect(await it.once()).toEqual({ end: 'done', id: 'made-1' });
    expect(it.sent).toBe(2);
  });

  it('is sent by one of two concurrent callers', async () => {
    const it = scripted();

    const ends = await Promise.all([it.once(), it.once()]);

    expect(ends.map(({ end }) => end).sort()).toEqual(['done', 'pending']);
    expect(it.sent).toBe(1);
  });

  it('is refused permanently by the service', async () => {
    const it = scripted();
    it.failures.push(cloudError('rejected'));

    expect(await it.once()).toMatchObject({ end: 'refused', reason: { code: 'rejected' } });
    expect(await it.once()).toMatchObject({ end: 'refused' });
    expect(it.sent).toBe(1);
  });

  it('waits and is sent again when the keys were refused, because the task is not at fault', async () => {
    const it = scripted();
    const details = {
      service: 'DCS',
      operation: 'SetOnlineMigrationTask',
      outcome: 'rejected',
      temporary: false,
    } as const;
    it.failures.push(new CloudError({ ...details, status: 401, cloudCode: 'APIGW.0301' }));

    expect(await it.once()).toMatchObject({ end: 'pending', reason: { code: 'APIGW.0301', status: 401 } });
    it.advance(30_000);
    expect(await it.once()).toEqual({ end: 'done', id: 'made-1' });
    expect(it.sent).toBe(2);
  });

  it('is refused permanently by us when it can’t be sent as it is', async () => {
    const it = scripted();
    const details = { service: 'DCS', operation: 'CopyInstance', outcome: 'not_sent', temporary: false } as const;
    it.failures.push(new CloudError({ ...details, cloudCode: 'bad_id' }));

    expect(await it.once()).toMatchObject({ end: 'refused', reason: { code: 'bad_id' } });
    it.advance(10 * 60_000);
    expect(await it.once()).toMatchObject({ end: 'refused' });
  });

  it('is refused permanently by us when a secret is not set', async () => {
    const it = scripted();
    it.failures.push(new RunError('secret_missing', 'CACHE_PASSWORD is not set'));

    expect(await it.once()).toEqual({
      end: 'refused',
      reason: { code: 'secret_missing', message: 'CACHE_PASSWORD is not set' },
    });
    it.advance(10 * 60_000);
    await it.once();
    expect(await it.records()).toBe(2);
  });

  it('is tried again later and later, at last four times a day', async () => {
    const it = scripted();
    const waits: number[] = [];
    for (let i = 0; i < 210; i++) {
      it.failures.push(cloudError('rejected', true));
      const end = await it.once();
      if (end.end !== 'pending') throw new Error(`it ended as ${end.end}`);
      waits.push(end.notBefore - it.now);
      it.advance(end.notBefore - it.now);
    }

    expect(waits.slice(0, 7)).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000]);
    expect(waits.slice(-2)).toEqual([21_600_000, 21_600_000]);
  });
});

describe('an attempt of an invocation that gives this run a share of its time', () => {
  it('may be under way until the whole invocation is over', async () => {
    const store = makeMemoryStore(() => 1_000);
    const ledger = makeLedger(store, 'one', () => 1_000);
    const call: ChangingCall = {
      name: 'configure',
      byList: false,
      check: async () => ({ seen: 'not_done' }),
      send: async () => ({}),
    };

    const deps = { ...fakeRun(6_000).deps, ledger, leaseMs: () => 240_000 };
    await callOnce(await openRunLog(ledger, 'job', 'run'), call, SETTLE_MS, deps);

    const { text } = await store.read('runs/job/run');
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ type: 'call', until: 1_000 + 240_000 + 135_000 });
  });
});
