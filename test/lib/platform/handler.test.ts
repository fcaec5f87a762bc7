import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFunction } from '../../../lib/platform/handler.ts';
import { RunsFailedError, type RunsResult } from '../../../lib/runs/report/run-result.ts';
import { noServices } from '../../fakes/no-services.ts';

const JOBS = {
  version: 1,
  region: 'ap-southeast-3',
  targets: { cache: { id: 'x', password: { user_data: 'PASSWORD' } } },
  jobs: {
    a: {
      on: { schedule: { rate: '1h' } },
      backup_import: { target_instance: 'cache', backup_files: { backup_id: 'b' } },
    },
  },
};

describe('what a function returns', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'handler-'));
    await writeFile(join(folder, 'migrations.json'), JSON.stringify(JOBS));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function handle<T>(password: string, work: () => Promise<T>): Promise<T> {
    const cloud = {
      makeServices: noServices,
      openLedgerStore: async () => undefined,
      preload: async () => undefined,
    };
    const userData: Record<string, string> = { PASSWORD: password, LOG_LEVEL: 'error' };
    const { handle: run } = makeFunction({ name: 'test', cloud, folder, work });
    return run({}, { getUserData: (name: string) => userData[name], getRemainingTimeInMilliSeconds: () => 5_000 });
  }

  it.each(['true', 'outcome', 'runs', '"},{"'])('keeps its keys and shape: secret %j', async (secret) => {
    const result = { runs: [{ outcome: 'created', true: true, message: `is ${secret}` }] };

    expect(await handle(secret, async () => result)).toEqual({
      runs: [{ outcome: 'created', true: true, message: 'is ***' }],
    });
  });

  it.each(['true', 'outcome', 'runs', '"},{"'])('ends its error with the same JSON: secret %j', async (secret) => {
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const reason = { code: 'preflight' as const, message: `is ${secret}, line\u2028end` };
    const result: RunsResult = { runs: [{ outcome: 'rejected', reason }] };

    const error = await handle(secret, async () => {
      throw new RunsFailedError(result, 'of 1 runs: 1 rejected');
    }).catch((thrown: unknown) => thrown);

    const { message } = error as Error;
    expect(JSON.parse(message.slice(message.indexOf('{')))).toEqual({
      runs: [{ outcome: 'rejected', reason: { code: 'preflight', message: 'is ***, line end' } }],
    });
    expect(message).not.toMatch(/[\p{Cc}\p{Zl}]/u);
  });
});
