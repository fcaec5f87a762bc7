import { type ExampleSystem, startExample } from '../fixtures/example-system.ts';

const WEEKLY = 'refresh-reports-weekly';
const isOver = ({ status }: { readonly status: string }) => status === 'SUCCESS';
const isWeekly = ({ name }: { readonly name: string }) => name.startsWith(WEEKLY);

describe('examples/scheduled-refresh', () => {
  let example: ExampleSystem;

  beforeAll(async () => {
    example = await startExample('scheduled-refresh', ['redis-backups/nightly/dump-2026-03-14.rdb']);
  }, 60_000);
  afterAll(() => example.close());

  const sent = (jobName: string) =>
    example.system.cloud
      .requestsOf('CreateMigrationTask')
      .map(({ body }) => body as { task_name: string; backup_files: unknown })
      .filter(({ task_name: name }) => name.startsWith(jobName));

  it('takes a backup of production before the weekly refresh, and imports that one', async () => {
    const { cloud } = example.system;
    const asked = example.deliver('schedule', 'weekly');
    while (cloud.requestsOf('CopyInstance').length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    // A backup takes ten minutes.
    cloud.clock.advance(600_000);
    const { runs } = await asked;

    expect(runs).toMatchObject([{ job: WEEKLY }]);
    expect(await example.tasks(1, (task) => isWeekly(task) && isOver(task))).toEqual([
      { name: WEEKLY, status: 'SUCCESS' },
    ]);
    expect(cloud.requestsOf('CopyInstance')).toHaveLength(1);
  }, 60_000);

  it('imports the newest backup of production every night, and the file of the day after it', async () => {
    const nightly = await example.deliver('schedule', 'nightly');
    const file = await example.invoke('schedule', 'file-of-the-day');

    expect(nightly.runs).toMatchObject([{ job: 'refresh-staging-nightly', outcome: 'created' }]);
    expect([file.code, file.answer.result.runs]).toMatchObject([0, [{ job: 'file-of-the-day' }]]);
    const nightlyTasks = await example.tasks(2, (task) => !isWeekly(task) && isOver(task));
    expect(nightlyTasks.map(({ name }) => name).sort()).toEqual(['file-of-the-day', 'refresh-staging-nightly']);
    expect(sent('refresh-staging-nightly')).toMatchObject([
      { backup_files: { file_source: 'backup_record', backup_id: expect.any(String) } },
    ]);
    expect(sent('file-of-the-day')).toMatchObject([
      { backup_files: { bucket_name: 'redis-backups', files: [{ file_name: 'nightly/dump-2026-03-14.rdb' }] } },
    ]);
  }, 60_000);
});
