import { type ExampleSystem, startExample } from '../fixtures/example-system.ts';

describe('examples/online-cutover', () => {
  let example: ExampleSystem;

  beforeAll(async () => {
    example = await startExample('online-cutover');
  }, 60_000);
  afterAll(() => example.close());

  it('copies, keeps in step, and stops the task when both sides have been the same', async () => {
    const moved = await example.invoke('webhook', 'move-session-cache');

    expect([moved.code, moved.answer.result.status]).toEqual([0, 201]);
    expect(moved.answer.result.body).toMatchObject({ job: 'move-session-cache', outcome: 'created' });
    expect(await example.tasks(1, ({ status }) => status === 'TERMINATED')).toEqual([
      { name: 'session-cache', status: 'TERMINATED' },
    ]);
    expect(example.system.cloud.requestsOf('SetOnlineMigrationTask').map(({ body }) => body)).toMatchObject([
      { migration_method: 'incremental_migration', bandwidth_limit_mb: '100' },
    ]);
    expect(example.system.cloud.requestsOf('StopMigrationTask')).toHaveLength(1);
  }, 90_000);

  it('copies a catalogue at its hour, in full and once', async () => {
    const { runs } = await example.deliver('schedule', 'copy-catalogue');

    expect(runs).toMatchObject([{ job: 'copy-catalogue', outcome: 'created' }]);
    expect(await example.tasks(1, ({ status }) => status === 'SUCCESS')).toEqual([
      { name: 'copy-catalogue', status: 'SUCCESS' },
    ]);
  }, 90_000);
});
