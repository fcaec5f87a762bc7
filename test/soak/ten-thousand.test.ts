import { describeStorm, storm } from '../fixtures/storm.ts';

// Takes many minutes: `npm run test:soak`. Three hundred events are part of `npm test` (test/parallel).
const describeSoak = process.env['SOAK'] ? describe : describe.skip;

describeSoak('10,000 object events with 5 % faults', () => {
  it('make 10,000 tasks, none twice, in memory that stays flat', async () => {
    const report = await storm({ events: 10_000, targets: 500, concurrency: 50, measureAfter: 2_000 });

    process.stdout.write(`${describeStorm(report)}\n`);
    expect(report).toMatchObject({ tasks: 10_000, twice: [], failedDeliveries: 0 });
    expect(report.memoryBytes.late).toBeLessThan(report.memoryBytes.early * 1.2);
  }, 3_600_000);
});
