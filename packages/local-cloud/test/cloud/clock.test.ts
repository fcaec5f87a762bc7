import { Clock } from '../../src/cloud/clock.ts';

describe('a frozen clock', () => {
  it('runs everything that becomes due, in order, each at its own instant', () => {
    const clock = new Clock({ frozenAt: 1_000 });
    const ran: [string, number][] = [];
    clock.after(30, () => ran.push(['third', clock.now()]));
    clock.after(10, () => {
      ran.push(['first', clock.now()]);
      clock.after(5, () => ran.push(['second', clock.now()]));
    });
    clock.after(31, () => ran.push(['later', clock.now()]));

    clock.advance(30);

    expect(ran).toEqual([
      ['first', 1_010],
      ['second', 1_015],
      ['third', 1_030],
    ]);
    expect(clock.now()).toBe(1_030);
  });

  it('does not run what was cancelled', () => {
    const clock = new Clock({ frozenAt: 0 });
    const ran: string[] = [];
    const cancel = clock.after(1, () => ran.push('cancelled'));
    cancel();
    clock.after(2, () => ran.push('stopped'));
    clock.stop();

    clock.advance(10);

    expect(ran).toEqual([]);
  });

  it('refuses to go back', () => {
    expect(() => new Clock({ frozenAt: 0 }).advance(-1)).toThrow('expected 0 ms or more, got -1');
  });
});

describe('a real-time clock', () => {
  it('runs what becomes due, sooner with a higher speed', async () => {
    const clock = new Clock({ speed: 60_000 });
    await new Promise<void>((resolve) => {
      const keepAlive = setInterval(() => undefined, 1_000);
      clock.after(60_000, () => {
        clearInterval(keepAlive);
        resolve();
      });
    });
  });

  it('can be advanced, and continues from there', () => {
    const clock = new Clock();
    const before = clock.now();
    let ran = false;
    clock.after(3_600_000, () => {
      ran = true;
    });

    clock.advance(3_600_000);

    expect(ran).toBe(true);
    expect(clock.now() - before).toBeGreaterThanOrEqual(3_600_000);
  });

  it('refuses a speed of 0', () => {
    expect(() => new Clock({ speed: 0 })).toThrow('speed must be greater than 0');
  });
});

describe('the rate', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000, doNotFake: ['setImmediate', 'nextTick'] });
  });

  afterEach(() => jest.useRealTimers());

  it('lets the clock run so many times as fast, and what is scheduled with it', () => {
    const clock = new Clock();
    const ran: number[] = [];
    clock.at(clock.now() + 86_400_000, () => ran.push(clock.now()));

    clock.setRate(100);
    jest.advanceTimersByTime(863_999);
    const before = [...ran];
    jest.advanceTimersByTime(1);

    expect(before).toEqual([]);
    expect(ran).toEqual([87_400_000]);
    clock.setRate(1);
    jest.advanceTimersByTime(1_000);
    expect(clock.now()).toBe(87_401_000);
    expect(clock.offsetMs).toBe(85_536_000);
  });

  it('is 1 while work is under way', async () => {
    const clock = new Clock();
    const ran: number[] = [];
    clock.setRate(100);
    clock.at(1_200_000, () => ran.push(clock.now()));

    const work = clock.during(async () => jest.advanceTimersByTime(1_000));
    expect(clock.now()).toBe(1_001_000);
    await work;
    jest.advanceTimersByTime(1_989);
    expect(ran).toEqual([]);
    jest.advanceTimersByTime(1);

    expect(ran).toEqual([1_200_000]);
  });

  it('lets waits be as long as documented, and keeps what of them has passed', () => {
    const clock = new Clock({ speed: 20 });
    let ran = false;
    clock.after(60_000, () => {
      ran = true;
    });

    jest.advanceTimersByTime(1_500);
    clock.setRate(10);
    expect(clock.documentedMs(1_000_000)).toBe(30_000);
    expect(clock.instantAfter(1_000_000, 60_000)).toBe(1_031_500);
    jest.advanceTimersByTime(2_999);
    expect(ran).toBe(false);
    jest.advanceTimersByTime(1);

    expect(ran).toBe(true);
    expect(clock.documentedMs(1_000_000)).toBe(60_000);
    clock.setRate(1);
    jest.advanceTimersByTime(100);
    expect(clock.documentedMs(1_000_000)).toBe(62_000);
  });

  it.each([0, 0.5, 101, Number.NaN])('cannot be %s', (rate) => {
    expect(() => new Clock().setRate(rate)).toThrow(`rate must be from 1 to 100, got ${rate}`);
  });

  it('cannot be set for a frozen clock', () => {
    expect(() => new Clock({ frozenAt: 0 }).setRate(2)).toThrow('it is frozen');
  });
});

describe('a clock that is moved forward', () => {
  it('waits for what has started at an instant before it goes on to the next', async () => {
    const clock = new Clock({ speed: 20 });
    const start = clock.now();
    const hours = () => Math.floor((clock.now() - start) / 3_600_000);
    const seen: string[] = [];
    for (const hour of [1, 2, 5]) {
      clock.at(start + hour * 3_600_000, () => {
        void clock.during(async () => {
          seen.push(`begin ${hours()}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
          seen.push(`end ${hours()}`);
        });
      });
    }

    await Promise.all([clock.forward(90 * 60_000), clock.forward(90 * 60_000)]);

    expect(seen).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
    expect(hours()).toBe(3);
    expect(clock.isAsDocumented).toBe(false);
  });
});
