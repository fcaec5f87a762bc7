import { type ExampleSystem, startExample } from '../fixtures/example-system.ts';

const SHARDS = [1, 2, 3].map((i) => `redis-cluster-backups/reports/2026-03-14/shard-${i}.rdb`);

describe('examples/backup-lands', () => {
  let example: ExampleSystem;

  beforeAll(async () => {
    const marker = 'redis-cluster-backups/reports/2026-03-14/_SUCCESS';
    const files = ['redis-backups/prod/2026-03-14/dump.rdb', 'redis-inbox/first-try.rdb', ...SHARDS, marker];
    example = await startExample('backup-lands', files);
  }, 60_000);
  afterAll(() => example.close());

  it('imports a file that lands, once', async () => {
    const first = await example.invoke('backup-landed', 'dump');
    const again = await example.deliver('backup-landed', 'dump');

    const task = { kind: 'backup_import', name: 'restore-staging-09565d77aa0a' };
    expect(first).toMatchObject({
      code: 0,
      answer: { state: 'done', result: { runs: [{ job: 'restore-staging', outcome: 'created', task }] } },
    });
    expect(again).toMatchObject({ runs: [{ outcome: 'existing', task }] });
    const isOver = ({ name, status }: { name: string; status: string }) =>
      name.startsWith('restore-staging') && status === 'SUCCESS';
    expect(await example.tasks(1, isOver)).toEqual([{ name: 'restore-staging', status: 'SUCCESS' }]);
  }, 60_000);

  it('imports the files of a set as one task, when the marker is there', async () => {
    const waiting = await example.deliver('backup-landed', 'shard-1');
    await example.deliver('backup-landed', 'shard-2');
    await example.deliver('backup-landed', 'shard-3');
    const complete = await example.deliver('backup-landed', 'success');

    expect(waiting.runs).toMatchObject([
      { job: 'restore-reports', outcome: 'waiting', reason: { code: 'set_incomplete' } },
    ]);
    expect(complete.runs).toMatchObject([{ job: 'restore-reports', outcome: 'created' }]);
    expect(await example.tasks(1, ({ name }) => name.startsWith('restore-reports'))).toHaveLength(1);
    const [sent] = example.system.cloud.requestsOf('CreateMigrationTask').slice(-1);
    expect(sent?.body).toMatchObject({
      backup_files: { files: SHARDS.map((file) => ({ file_name: file.replace('redis-cluster-backups/', '') })) },
    });
  }, 60_000);

  it('says of a new bucket what it would send, and sends nothing', async () => {
    const before = example.system.cloud.tasks().length;

    const { runs } = await example.deliver('backup-landed', 'inbox');

    expect(runs).toMatchObject([{ job: 'look-first', outcome: 'skipped', reason: { code: 'dry_run' } }]);
    expect(example.system.cloud.tasks()).toHaveLength(before);
  }, 30_000);
});
