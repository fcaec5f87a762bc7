import { setTimeout as sleep } from 'node:timers/promises';
import { StoredSecrets } from '../../../lib/platform/stored-secrets.ts';
import type { CsmsService } from '../../../lib/ports/csms.ts';

const SECRET = { csms: 'cache' };
const MINUTE = 60_000;

/** A DEW whose next answer a test sets, and a clock that it moves. */
function setUp() {
  const dew = {
    asked: [] as string[],
    answer: async (): Promise<string | undefined> => 'one',
  };
  const csms = async (): Promise<CsmsService> => ({
    readVersion: async (name, version) => {
      dew.asked.push(`${name} ${version}`);
      return dew.answer();
    },
  });
  const clock = { now: 1_000_000 };
  const stored = new StoredSecrets(() => clock.now);
  return { dew, clock, stored, csms, read: (reference = SECRET) => stored.read(reference, csms) };
}

const refuse = async (): Promise<never> => {
  throw new Error('503');
};

describe('StoredSecrets', () => {
  it('reads the latest version once for two minutes, and then again', async () => {
    const { dew, clock, read } = setUp();

    expect(await read()).toBe('one');
    dew.answer = async () => 'two';
    clock.now += 2 * MINUTE - 1;
    expect(await read()).toBe('one');
    clock.now += 1;
    expect(await read()).toBe('two');
    expect(dew.asked).toEqual(['cache latest', 'cache latest']);
  });

  it('shares one request among concurrent readers', async () => {
    const { dew, read } = setUp();

    expect(await Promise.all([read(), read(), read()])).toEqual(['one', 'one', 'one']);
    expect(dew.asked).toEqual(['cache latest']);
  });

  it('shares a failure among concurrent readers, and asks again afterwards', async () => {
    const { dew, read } = setUp();
    dew.answer = refuse;

    const ends = await Promise.allSettled([read(), read()]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(dew.asked).toHaveLength(1);
    dew.answer = async () => 'one';
    expect(await read()).toBe('one');
  });

  it('does not join a read that began five seconds ago, as that of a frozen invocation did', async () => {
    const { dew, clock, read } = setUp();
    dew.answer = () => new Promise(() => undefined);
    void read();
    clock.now += 5_000 - 1;
    void read();
    await sleep(0);
    expect(dew.asked).toHaveLength(1);

    clock.now += 1;
    dew.answer = async () => 'two';
    expect(await read()).toBe('two');
    expect(dew.asked).toHaveLength(2);
  });

  it('keeps what was asked for last, also if an earlier read ends later', async () => {
    const { dew, clock, read } = setUp();
    let endFirst: (text: string) => void = () => undefined;
    dew.answer = () => new Promise((resolve) => (endFirst = resolve));
    const first = read();
    await sleep(0);
    clock.now += 5_000;
    dew.answer = async () => 'new';
    await read();

    endFirst('old');

    expect(await first).toBe('old');
    expect(await read()).toBe('new');
  });

  it('asks again for what was forgotten', async () => {
    const { dew, stored, read } = setUp();
    await read();
    dew.answer = async () => 'two';

    stored.forget(SECRET);

    expect(await read()).toBe('two');
  });

  it('keeps versions apart', async () => {
    const { dew, read } = setUp();

    await read({ csms: 'cache', version: 'v1' } as typeof SECRET);
    await read();
    expect(dew.asked).toEqual(['cache v1', 'cache latest']);
  });

  it('uses a value of less than five minutes while DEW fails, and none that is older', async () => {
    const { dew, clock, read } = setUp();
    await read();
    dew.answer = refuse;

    clock.now += 5 * MINUTE - 1;
    expect(await read()).toBe('one');
    clock.now += 1;
    await expect(read()).rejects.toThrow('503');
  });

  it('waits a second for DEW while it has a value that can be used', async () => {
    const { dew, clock, read } = setUp();
    await read();
    const end = new AbortController();
    dew.answer = () => sleep(10_000, 'late', { signal: end.signal });

    clock.now += 3 * MINUTE;
    expect(await read()).toBe('one');
    end.abort();
  });

  it('waits for that second once, whoever asks meanwhile', async () => {
    const { dew, clock, read } = setUp();
    await read();
    dew.answer = () => new Promise(() => undefined);
    clock.now += 3 * MINUTE;
    const first = read();

    clock.now += 1_000;
    expect(await Promise.race([read(), first.then(() => 'first')])).toBe('one');
    expect(dew.asked).toHaveLength(2);
  });

  it('uses the value at once for callers while DEW has failed within ten seconds, and asks again afterwards', async () => {
    const { dew, clock, stored, csms, read } = setUp();
    const readForCaller = () => stored.read(SECRET, csms, 'caller');
    await read();
    dew.answer = refuse;
    clock.now += 3 * MINUTE;

    expect(await readForCaller()).toBe('one');
    clock.now += 9_999;
    expect(await readForCaller()).toBe('one');
    expect(dew.asked).toHaveLength(2);
    clock.now += 1;
    dew.answer = async () => 'two';
    expect(await readForCaller()).toBe('two');
  });

  it('does not join a read that began five seconds ago for callers either', async () => {
    const { dew, clock, stored, csms } = setUp();
    const readForCaller = () => stored.read(SECRET, csms, 'caller');
    dew.answer = () => new Promise(() => undefined);
    void readForCaller();
    clock.now += 5_000;
    dew.answer = async () => 'two';

    expect(await readForCaller()).toBe('two');
  });

  it('counts the age from when the value was asked for', async () => {
    const { dew, clock, read } = setUp();
    dew.answer = async () => {
      clock.now += MINUTE;
      return 'one';
    };
    await read();
    clock.now += MINUTE;
    await read();

    expect(dew.asked).toHaveLength(2);
  });

  it('does not trust the age after the clock was set back', async () => {
    const { dew, clock, read } = setUp();
    await read();
    clock.now -= 1;
    dew.answer = refuse;

    await expect(read()).rejects.toThrow('503');
  });
});
