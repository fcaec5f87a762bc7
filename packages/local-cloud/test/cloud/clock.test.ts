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
