import type { OpenQuestion } from '../../packages/local-cloud/src/cloud/open-questions/open-question.ts';
import { OPEN_QUESTIONS } from '../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { AssumedRegion } from './assumed-region.ts';
import { violations } from './promises.ts';
import { useVirtualTime } from './virtual-time.ts';

useVirtualTime();

const QUESTIONS: readonly (readonly [string, OpenQuestion])[] = Object.entries(OPEN_QUESTIONS);

async function inRegion(assume: object, work: (region: AssumedRegion) => Promise<void>): Promise<void> {
  const region = await AssumedRegion.start({ assume });
  try {
    await work(region);
  } finally {
    await region.close();
  }
}

const reported = ({ lines }: AssumedRegion, code: string) => lines.some((line) => line.includes(`"code":"${code}"`));

describe('where a promise gives way', () => {
  it('is only under these behaviors', () => {
    const found = QUESTIONS.flatMap(([id, { notPromised = {} }]) => Object.keys(notPromised).map((b) => `${id}=${b}`));
    expect(found).toEqual([
      'append-concurrency=all-kept',
      'append-concurrency=last-kept',
      'dcs-list-lag=beyond-settle',
      'sms-list-lag=beyond-settle',
    ]);
  });

  it('a task that was listed too late is reported by the next tick that follows a task', async () => {
    await inRegion({ 'dcs-list-lag': 'beyond-settle' }, async (region) => {
      region.cloud.faults.add({ operation: 'CreateMigrationTask', kind: 'reply_lost' });
      await region.put('prod/a.rdb');
      await region.redeliver();
      await region.settle(20);
      expect(await violations(region)).toEqual(['two tasks are called import-landed-18970f403a43']);

      await region.put('prod/b.rdb');
      await region.redeliver();
      await region.settle(20);
      expect(reported(region, 'late_task')).toBe(true);
    });
  });

  it.each(['all-kept', 'last-kept'] as const)(
    'a list with two writers at one position is reported: %s',
    async (behavior) => {
      await inRegion({ 'append-concurrency': behavior }, async (region) => {
        // Each object is delivered twice at the same moment, by two routes.
        for (const key of ['prod/a.rdb', 'prod/b.rdb']) await region.put(key);
        await region.redeliver();
        await region.settle(20);
        expect(reported(region, 'ledger_forked')).toBe(true);
      });
    },
  );

  it('nothing is reported where appends are atomic and lists are up to date', async () => {
    await inRegion({}, async (region) => {
      for (const key of ['prod/a.rdb', 'prod/b.rdb']) await region.put(key);
      await region.redeliver();
      await region.settle(20);
      expect([reported(region, 'ledger_forked'), reported(region, 'late_task')]).toEqual([false, false]);
      expect(await violations(region)).toEqual([]);
    });
  });
});
