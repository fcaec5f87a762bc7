import { withRetries } from '../../../lib/deploy/with-retries.ts';
import { CloudError } from '../../../lib/kernel/errors.ts';

const call = { service: 'CES', operation: 'ListAlarms' };
const noResponse = new CloudError({ ...call, outcome: 'unknown', temporary: true, cloudCode: 'ETIMEDOUT' });
const outOfTime = new CloudError({ ...call, outcome: 'not_sent', temporary: true, cloudCode: 'out_of_time' });

async function attempts(...errors: readonly Error[]) {
  const waits: number[] = [];
  const left = [...errors];
  const work = async () => {
    const error = left.shift();
    if (error) throw error;
    return 'done';
  };
  const result = await withRetries(work, { wait: async (ms) => void waits.push(ms) }).catch((error: unknown) => error);
  return { result, waits };
}

describe('withRetries', () => {
  it('tries five times, with longer and longer pauses', async () => {
    const { result, waits } = await attempts(noResponse, noResponse, noResponse, noResponse);
    expect([result, waits]).toEqual(['done', [1000, 2000, 4000, 8000]]);

    expect((await attempts(...Array(5).fill(noResponse))).result).toBe(noResponse);
  });

  it('stops when the time for all calls is over, and says what went wrong before', async () => {
    const { result, waits } = await attempts(noResponse, outOfTime, outOfTime);
    expect(result).toBe(noResponse);
    expect(waits).toEqual([1000]);

    expect((await attempts(outOfTime)).result).toBe(outOfTime);
  });

  it('does not repeat what is refused', async () => {
    const refused = new CloudError({ ...call, outcome: 'rejected', temporary: false, status: 403 });
    expect(await attempts(refused)).toEqual({ result: refused, waits: [] });
  });
});
