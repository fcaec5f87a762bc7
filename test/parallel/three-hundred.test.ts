import { describeStorm, storm } from '../fixtures/storm.ts';

describe('300 object events with 5 % faults', () => {
  it('make 300 tasks, none twice', async () => {
    const report = await storm({ events: 300, targets: 60, concurrency: 8, measureAfter: 150 });

    process.stdout.write(`${describeStorm(report)}\n`);
    expect(report).toMatchObject({ tasks: 300, twice: [], failedDeliveries: 0 });
  }, 120_000);
});
