import { FAULTS, KINDS, KilledDeliveries } from '../fixtures/killed-deliveries.ts';

/** Every await, which takes an hour or two (`npm run test:soak`); otherwise a sample with a different offset in each case. */
const EVERY = Number(process.env['EVERY'] ?? (process.env['SOAK'] ? 1 : 150));

const CASES = KINDS.flatMap((kind) => FAULTS.map((fault) => ({ ...kind, kind, fault })));

describe('a function whose process is killed at any await', () => {
  let deliveries: KilledDeliveries;
  let points = 0;
  beforeAll(async () => {
    deliveries = await KilledDeliveries.start();
  }, 60_000);
  afterAll(async () => {
    process.stdout.write(`killed processes: ${deliveries?.cases} cases, of ${points} awaits\n`);
    await deliveries?.close();
  });

  it.each(CASES)(
    `leaves one task of $operation, settled, with fault: $fault (every ${EVERY}. await)`,
    async ({ kind, fault }) => {
      const awaits = await deliveries.countAwaits(kind, fault);
      points += awaits;
      const first = 1 + ((CASES.findIndex((other) => other.kind === kind && other.fault === fault) * 37) % EVERY);

      for (let at = first; at <= awaits; at += EVERY) await deliveries.killAt(kind, fault, at);

      expect(awaits).toBeGreaterThan(50);
    },
    60 * 60_000,
  );
});
