import { parseObjectEvent } from '../../../../lib/events/object-event.ts';
import type { ObjectTrigger } from '../../../../lib/events/trigger.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { SETTINGS } from '../../../../lib/kernel/settings.ts';
import { startRun } from '../../../../lib/runs/start/start-run.ts';
import { type FakeRun, fakeRun } from '../../../fakes/run-deps.ts';
import { eventFile } from '../../../fixtures/event-file.ts';
import { fixtureJobs } from '../../../fixtures/jobs.ts';

const CREATE = 'CreateMigrationTask';
const LIST = 'ListMigrationTask';
const creates = ({ cloud }: FakeRun) => cloud.calls.filter((call) => call === CREATE).length;

describe('createTask', () => {
  let jobs: Jobs;
  let run: (fake: FakeRun) => ReturnType<typeof startRun>;
  beforeAll(async () => {
    jobs = await fixtureJobs();
    const [trigger] = parseObjectEvent(eventFile('obs-legacy-put'), SETTINGS.OBJECT_KEYS.fallback);
    const job = jobs.jobs.get('restore-staging');
    if (!job) throw new Error('the fixture has no restore-staging');
    run = (fake) => startRun({ jobs, job, trigger: trigger as ObjectTrigger }, fake.deps);
  });

  it('retries what was definitely not done and is known to be transient', async () => {
    const fake = fakeRun();
    fake.cloud.failNext(CREATE, { outcome: 'not_sent', temporary: true, cloudCode: 'ECONNREFUSED' });
    fake.cloud.failNext(CREATE, { outcome: 'rejected', temporary: true, status: 429, cloudCode: 'APIGW.0308' });

    const result = await run(fake);

    expect(result.outcome).toBe('created');
    expect(creates(fake)).toBe(3);
    expect(fake.slept).toEqual([375, 750]);
  });

  it('waits at least as long as the service asks', async () => {
    const fake = fakeRun();
    fake.cloud.failNext(CREATE, { outcome: 'rejected', temporary: true, status: 429, retryAfterSeconds: 7 });

    await run(fake);

    expect(fake.slept).toEqual([7000]);
  });

  it('gives up after five attempts: waiting, because nothing was created', async () => {
    const fake = fakeRun();
    for (let i = 0; i < 6; i++)
      fake.cloud.failNext(CREATE, { outcome: 'rejected', temporary: true, status: 400, cloudCode: 'DCS.4026' });

    const result = await run(fake);

    expect(result).toMatchObject({ outcome: 'waiting', reason: { code: 'DCS.4026', status: 400 } });
    expect(creates(fake)).toBe(5);
    expect(fake.cloud.tasks).toHaveLength(0);
  });

  it('does not start a wait that the invocation has no time for', async () => {
    const fake = fakeRun(1_800);
    fake.cloud.failNext(CREATE, { outcome: 'rejected', temporary: true, status: 429 });

    const result = await run(fake);

    expect(result.outcome).toBe('waiting');
    expect(fake.slept).toEqual([]);
    expect(creates(fake)).toBe(1);
  });

  it('starts nothing when no time is left', async () => {
    const fake = fakeRun(1_500);

    const result = await run(fake);

    expect(result).toMatchObject({ outcome: 'waiting', reason: { code: 'out_of_time' } });
    expect(fake.cloud.calls).toEqual([]);
  });

  it.each([
    [400, 'rejected'],
    [401, 'waiting'],
    [403, 'waiting'],
    [404, 'rejected'],
  ])('does not retry what was refused with %i: %s', async (status, outcome) => {
    const fake = fakeRun();
    fake.cloud.failNext(CREATE, {
      outcome: 'rejected',
      temporary: false,
      status,
      cloudCode: 'DCS.4800',
      requestId: 'r-1',
    });

    const result = await run(fake);

    expect(result).toMatchObject({ outcome, reason: { code: 'DCS.4800', status, request_id: 'r-1' } });
    expect(creates(fake)).toBe(1);
  });

  it.each(['bad_id', 'bad_remark', 'request_not_built'] as const)(
    'refuses for good what can’t be sent however long anybody waits: %s',
    async (cloudCode) => {
      for (const operation of [CREATE, LIST] as const) {
        const fake = fakeRun();
        fake.cloud.failNext(operation, { outcome: 'not_sent', temporary: false, cloudCode });

        expect(await run(fake)).toMatchObject({ outcome: 'rejected', reason: { code: cloudCode } });
        expect(fake.slept).toEqual([]);
      }
    },
  );

  it('waits where keys may be put right', async () => {
    const fake = fakeRun();
    fake.cloud.failNext(CREATE, { outcome: 'not_sent', temporary: false, cloudCode: 'keys_refused' });

    expect(await run(fake)).toMatchObject({ outcome: 'waiting', reason: { code: 'keys_refused' } });
  });

  it('adopts the task of a create whose response was lost, and sends nothing again', async () => {
    const fake = fakeRun();
    fake.cloud.failNext(CREATE, { outcome: 'unknown', temporary: false, cloudCode: 'ECONNRESET', done: 'now' });
    fake.cloud.listLagMs = 2_000;

    const result = await run(fake);

    expect(result).toMatchObject({ outcome: 'created', task: { id: 'task-1', name: 'restore-staging-d207aebff5ae' } });
    expect(creates(fake)).toBe(1);
  });

  it('leaves it unknown when the task does not show, and sends nothing again', async () => {
    const fake = fakeRun();
    fake.cloud.failNext(CREATE, { outcome: 'unknown', temporary: false, status: 500, cloudCode: 'DCS.5000' });

    const result = await run(fake);

    expect(result).toMatchObject({ outcome: 'unknown', reason: { code: 'DCS.5000', status: 500 } });
    expect(creates(fake)).toBe(1);
    expect(fake.cloud.calls.filter((call) => call === LIST)).toHaveLength(4);
  });

  it('looks it up three times after a lost response, waiting in between only', async () => {
    const fake = fakeRun();
    fake.cloud.failNext(CREATE, { outcome: 'unknown', temporary: false, status: 500 });

    await run(fake);

    expect(fake.slept).toEqual([2000, 2000]);
  });

  it('looks it up once after a lost response, and waits for nothing, where reconcile checks again', async () => {
    const fake = fakeRun();
    fake.cloud.failNext(CREATE, { outcome: 'unknown', temporary: false, status: 500 });

    const result = await run({ ...fake, deps: { ...fake.deps, isTick: true } });

    expect(result.outcome).toBe('unknown');
    expect(fake.slept).toEqual([]);
    // Before the create call, and after it.
    expect(fake.cloud.calls).toEqual([LIST, CREATE, LIST]);
  });

  it('creates nothing while the list cannot be read', async () => {
    const fake = fakeRun();
    for (let i = 0; i < 5; i++) fake.cloud.failNext(LIST, { outcome: 'unknown', temporary: true, status: 500 });

    const result = await run(fake);

    expect(result.outcome).toBe('waiting');
    expect(creates(fake)).toBe(0);
  });

  it.each([
    [403, 'DCS.2007', 'waiting'],
    [400, 'DCS.4800', 'rejected'],
  ] as const)('creates nothing when reading the list is refused with %i %s: %s', async (status, cloudCode, outcome) => {
    const fake = fakeRun();
    fake.cloud.failNext(LIST, { outcome: 'rejected', temporary: false, status, cloudCode });

    const result = await run(fake);

    expect(result).toMatchObject({ outcome, reason: { code: cloudCode, status } });
    expect(creates(fake)).toBe(0);
  });

  it('does not take a task with a longer name for its own', async () => {
    const fake = fakeRun();
    fake.cloud.tasks.push({
      id: 'other',
      operation: CREATE,
      name: 'restore-staging-d207aebff5ae-copy',
      target: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5',
      at: 0,
      body: {},
    });

    expect(await run(fake)).toMatchObject({ outcome: 'created', task: { id: 'task-2' } });
  });

  it('does not take a task of another target for its own', async () => {
    const fake = fakeRun();
    fake.cloud.tasks.push({
      id: 'other',
      operation: CREATE,
      name: 'restore-staging-d207aebff5ae',
      target: '00000000-0000-0000-0000-000000000000',
      at: 0,
      body: {},
    });

    expect(await run(fake)).toMatchObject({ outcome: 'created', task: { id: 'task-2' } });
  });
});
