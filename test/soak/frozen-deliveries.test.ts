import { FrozenDeliveries } from '../fixtures/frozen-deliveries.ts';
import { FAULTS, KINDS } from '../fixtures/killed-deliveries.ts';

/** So many with `npm run test:soak`, or as many as `FREEZES` says. */
const FREEZES = Number(process.env['FREEZES'] ?? (process.env['SOAK'] ? 120 : 4));

/** Clocks that differ as far as they may, in either direction, and those that agree. */
const SKEWS = [
  { skewMs: -60_000, othersSkewMs: 60_000 },
  { skewMs: 60_000, othersSkewMs: -60_000 },
  { skewMs: 0, othersSkewMs: 0 },
] as const;
/** Shorter than the function's time limit of a minute, of which it has some left then; and past the end of its lease. */
const PAUSES_MS = [45_000, 10 * 60_000] as const;

describe('a function whose process stands still at any await', () => {
  let deliveries: FrozenDeliveries;
  const broken: string[] = [];
  let frozen = 0;
  beforeAll(async () => {
    deliveries = await FrozenDeliveries.start();
  }, 60_000);
  afterAll(async () => {
    process.stdout.write(`frozen processes: ${frozen}, clocks up to 60 s fast or slow; broken: ${broken.length}\n`);
    await deliveries?.close();
  });

  it(
    `leaves one task, settled, whatever others did meanwhile, with clocks a minute fast or slow (${FREEZES} freezes)`,
    async () => {
      const awaits = await Promise.resolve(KINDS).then(async (kinds) => {
        const counts: number[] = [];
        for (const kind of kinds) counts.push(await deliveries.countAwaits(kind));
        return counts;
      });
      for (let i = 0; i < FREEZES; i++) {
        const kind = KINDS[i % KINDS.length] ?? KINDS[0];
        const fault = FAULTS[Math.floor(i / KINDS.length) % FAULTS.length] ?? 'none';
        const count = awaits[i % KINDS.length] ?? 1;
        // Spread over all awaits, whatever their number.
        const atAwait = 1 + ((i * 37) % count);
        const skews = SKEWS[Math.floor(i / 2) % SKEWS.length] ?? SKEWS[0];
        const forMs = PAUSES_MS[i % PAUSES_MS.length] ?? PAUSES_MS[0];
        const end = await deliveries.freezeAt(kind, fault, { atAwait, forMs, ...skews });
        if (end.isFrozen) frozen += 1;
        const said = `${kind.kind}, ${fault}, frozen at await ${atAwait} for ${forMs} ms, clock ${skews.skewMs}`;
        broken.push(...end.broken.map((what) => `${said}: ${what}`));
      }

      expect(broken).toEqual([]);
      expect(frozen).toBeGreaterThanOrEqual(FREEZES * 0.9);
    },
    60 * 60_000,
  );
});
