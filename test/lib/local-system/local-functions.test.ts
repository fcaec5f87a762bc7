import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { LOCAL_FUNCTIONS } from '../../../lib/local-system/local-functions.ts';
import { makeJob, makeJobs } from '../../fixtures/jobs.ts';

describe('LOCAL_FUNCTIONS', () => {
  it('runs the functions that serverless.yml deploys, with the same time limits', () => {
    const file = readFileSync(join(import.meta.dirname, '../../../serverless.yml'), 'utf8');
    const { functions } = parse(file) as { functions: Record<string, { timeout: number }> };

    expect(LOCAL_FUNCTIONS.map(({ name, timeoutSeconds }) => [name, timeoutSeconds])).toEqual(
      Object.entries(functions).map(([name, { timeout }]) => [name, timeout]),
    );
  });

  it('retries events as appropriate with a ledger', () => {
    expect(LOCAL_FUNCTIONS.map(({ name, async: policy }) => [name, policy])).toEqual([
      ['backup-landed', { retryAttempts: 3, maxAgeSeconds: 86_400 }],
      ['schedule', { retryAttempts: 3, maxAgeSeconds: 86_400 }],
      ['webhook', undefined],
      ['reconcile', { retryAttempts: 0 }],
    ]);
  });

  it('has one object trigger per bucket, with the common prefix of all keys', () => {
    const landed = (name: string, key: string) => makeJob({ name, on: { object_created: { bucket: 'x', key } } });
    const found = makeJobs([landed('a', 'prod/eu/**/*.rdb'), landed('b', 'prod/e?/*.rdb')]);

    expect(LOCAL_FUNCTIONS.flatMap((row) => row.objectTriggers?.(found) ?? [])).toEqual([
      { configurationId: 'backup-landed-x', bucket: 'x', prefix: 'prod/e', suffix: '', events: ['s3:ObjectCreated:*'] },
    ]);
  });

  it("covers the marker of a set, which may be above the set's files and have any suffix", () => {
    const set = { by: 'prod/{set}/', complete: { marker: '_SUCCESS' }, deadlineMs: 60_000 };
    const on = { object_created: { bucket: 'x', key: 'prod/night/shards/*.rdb', set } };

    const [rule] = LOCAL_FUNCTIONS.flatMap((row) => row.objectTriggers?.(makeJobs([makeJob({ name: 'a', on })])) ?? []);

    expect(rule).toMatchObject({ prefix: 'prod/', suffix: '' });
  });

  it('has one timer per scheduled job, with its name as user event', () => {
    const found = makeJobs([makeJob({ name: 'nightly', on: { schedule: { rate: '1h' } } })]);

    expect(LOCAL_FUNCTIONS.find(({ name }) => name === 'schedule')?.timers?.(found)).toEqual([
      { name: 'nightly', schedule: { rate: '1h' }, userEvent: 'nightly' },
    ]);
  });
});
