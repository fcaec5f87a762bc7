import { type ExampleSystem, startExample } from '../fixtures/example-system.ts';

const isMoved =
  (server: string) =>
  ({ name, status }: { readonly name: string; readonly status: string }) =>
    name.startsWith(server) && status === 'MIGRATE_SUCCESS';

describe('examples/servers-in-waves', () => {
  let example: ExampleSystem;
  let wave1: Awaited<ReturnType<ExampleSystem['invoke']>>;

  beforeAll(async () => {
    example = await startExample('servers-in-waves');
    wave1 = await example.invoke('schedule', 'wave-1');
  }, 60_000);
  afterAll(() => example.close());

  it('moves the servers of a wave at its tick, each with a task of its own', async () => {
    const { code, answer } = wave1;

    expect(code).toBe(0);
    expect(answer.result.runs).toMatchObject([
      { job: 'wave-1-web-01', outcome: 'created', task: { name: 'web_01_48bb5bbf' } },
      { job: 'wave-1-web-02', outcome: 'created', task: { name: 'web_02_5c939c35' } },
    ]);
    expect((await example.tasks(2, isMoved('web'))).map(({ name }) => name).sort()).toEqual(['web_01', 'web_02']);
  }, 60_000);

  it('moves the database in the next wave, to the server that is there', async () => {
    const { runs } = await example.deliver('schedule', 'wave-2');

    expect(runs).toMatchObject([{ job: 'wave-2-db-01', outcome: 'created' }]);
    expect(await example.tasks(1, isMoved('db'))).toEqual([{ name: 'db_01', status: 'MIGRATE_SUCCESS' }]);
    const [sent] = example.system.cloud.requestsOf('CreateTask').slice(-1);
    expect(sent?.body).toMatchObject({
      exist_server: true,
      speed_limit: 100,
      target_server: { vm_id: '9b4d2e68-57a1-4c3f-8e90-1f6a7c5d3b20' },
    });
  }, 60_000);

  it('makes the task that a person asks for, and leaves the start to a person', async () => {
    const { statusCode, body } = await example.deliver('webhook', 'legacy-01');

    expect([statusCode, JSON.parse(body)]).toMatchObject([201, { job: 'legacy-01' }]);
    expect(await example.tasks(1, ({ name }) => name.startsWith('legacy'))).toEqual([
      { name: 'legacy_01', status: 'READY' },
    ]);
  }, 30_000);

  it('moves no server a second time when its wave ticks again', async () => {
    const before = example.system.cloud.tasks();

    const again = await example.run(
      ['invoke', 'schedule', '-', '--json'],
      JSON.stringify({
        version: 'v1.0',
        time: '2027-03-07T02:00:00+08:00',
        trigger_type: 'TIMER',
        trigger_name: 'wave-1',
        user_event: 'wave-1-web-01',
      }),
    );

    expect(again.code).toBe(1);
    expect(JSON.parse(again.stdout).error).toMatchObject({
      message: 'of 1 runs: 1 rejected',
      runs: [{ job: 'wave-1-web-01', reason: { code: 'source_has_task' } }],
    });
    expect(example.system.cloud.tasks()).toHaveLength(before.length);
  }, 30_000);
});
