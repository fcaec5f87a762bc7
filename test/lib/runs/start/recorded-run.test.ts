import type { RequestTrigger } from '../../../../lib/events/trigger.ts';
import type { Jobs } from '../../../../lib/jobs/job.ts';
import { CloudError } from '../../../../lib/kernel/errors.ts';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import type { LedgerStore } from '../../../../lib/ports/ledger-store.ts';
import { listOpen } from '../../../../lib/runs/ledger/open-runs.ts';
import { pause, resume } from '../../../../lib/runs/ledger/pauses.ts';
import { fingerprint, occurrenceOf } from '../../../../lib/runs/start/occurrence.ts';
import { recordedRun } from '../../../../lib/runs/start/recorded-run.ts';
import { callTo } from '../../../fixtures/call-to.ts';
import { newRuns, received } from '../../../fixtures/new-run.ts';
import { landed, simulationJobs, ticked } from '../../../simulation/jobs.ts';
import { type InvocationOptions, PASSWORD, Simulation } from '../../../simulation/simulation.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const one = landed('a/one.rdb', 0);
const [two, three] = [landed('a/two.rdb', 1), landed('a/three.rdb', 2)];
const runOf = (trigger: typeof one, job = 'import-a') => fingerprint(job, occurrenceOf(trigger));

/** Another job for the target of import-a, and policies for import-a. */
const jobsWith = (policies = '') =>
  simulationJobs((yaml) =>
    yaml.replace(
      '  import-a:\n',
      `  also-a:
    on: { object_created: { bucket: backups, key: "also/**" }, request: {} }
    overlap: latest
    backup_import:
      target_instance: cache-a
      backup_files: { file_source: self_build_obs, bucket_name: backups, files: [ { file_name: fixed.rdb } ] }
  import-a:
${policies}`,
    ),
  );

function asked(id: string, minute: number): RequestTrigger {
  const time = new Date(Date.parse('2026-03-14T11:00:00Z') + minute * MINUTE).toISOString();
  return { kind: 'request', requestId: id, job: 'also-a', body: {}, query: {}, time };
}

let jobs: Jobs;
beforeAll(async () => {
  jobs = await jobsWith();
});

const operatorOf = (simulation: Simulation) => simulation.ledger('operator');

async function recordsOf(simulation: Simulation, trigger = one): Promise<string[]> {
  const { text } = await simulation.store.read(`runs/import-a/${runOf(trigger)}`);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).type);
}

/** The import of an object, delivered; what the handler answers. */
async function deliver(simulation: Simulation, trigger = one, options: object = {}, given = jobs) {
  return (await simulation.deliver(given, 'import-a', trigger, options)).value;
}

async function tick(simulation: Simulation, afterMs: number): Promise<void> {
  simulation.advance(afterMs);
  await simulation.reconcile();
}

const logged = (simulation: Simulation, text: string) => simulation.lines.filter((line) => line.includes(text)).length;

/** A ledger that fails to write what contains some text, as long as `on`. */
function failingAt(text: string) {
  const trouble = { on: true };
  const sabotage = (store: LedgerStore): LedgerStore => ({
    ...store,
    append: async (list, position, added) => {
      if (trouble.on && added.includes(text)) throw new LedgerError('ledger append: 403', { temporary: false });
      return store.append(list, position, added);
    },
  });
  return { trouble, simulation: new Simulation({ sabotage }) };
}

/** An invocation that dies when the first records of run one are written, and nothing else. */
async function diesRecorded(): Promise<InvocationOptions> {
  const at = await callTo('ledger.append runs/', (options) => deliver(new Simulation(), one, options));
  return { crash: { at, effect: 'after' } };
}

describe('a redelivery', () => {
  it('returns the task of the first delivery, and sends nothing', async () => {
    const simulation = new Simulation();
    await deliver(simulation);

    const again = await deliver(simulation);

    expect(again).toMatchObject({ outcome: 'existing', task: { id: 'task-1' } });
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('leaves the target to the task that runs there', async () => {
    const simulation = new Simulation();
    await deliver(simulation);
    await deliver(simulation);

    expect(await deliver(simulation, two)).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('returns a refusal from the ledger, and sends nothing', async () => {
    const simulation = new Simulation();
    simulation.cloud.failNextCreate('refused');
    const first = await deliver(simulation);

    const again = await deliver(simulation);

    expect(first).toMatchObject({ outcome: 'rejected', reason: { code: 'DCS.4004' } });
    expect(again).toEqual(first);
    expect(simulation.cloud.creates).toHaveLength(1);
    expect(await listOpen(operatorOf(simulation))).toEqual([]);
  });

  it('does nothing while another invocation handles the run', async () => {
    const simulation = new Simulation();
    await deliver(simulation, one, await diesRecorded());

    const meanwhile = await deliver(simulation);

    expect(meanwhile).toMatchObject({ outcome: 'waiting', reason: { code: 'in_progress' } });
    expect(await recordsOf(simulation)).toEqual(['received', 'claimed']);
  });

  it('takes the run over once the lease of a dead invocation is over', async () => {
    const simulation = new Simulation();
    await deliver(simulation, one, await diesRecorded());
    simulation.advance(196_000);

    expect(await deliver(simulation)).toMatchObject({ outcome: 'created', task: { id: 'task-1' } });
  });

  it('is taken over by reconcile where the platform does not deliver again', async () => {
    const simulation = new Simulation();
    await deliver(simulation, one, await diesRecorded());

    await tick(simulation, 196_000);

    expect(simulation.cloud.tasks).toHaveLength(1);
  });
});

describe('a request whose key came before', () => {
  it('is refused when its fields are others, and answered as before when they are the same', async () => {
    const { deps, records } = newRuns();
    const request = (contentHash: string) => received({ trigger: 'request', contentHash });
    await recordedRun(request('one'), deps);
    const before = await records();

    expect(await recordedRun(request('two'), deps)).toEqual({
      outcome: 'rejected',
      reason: {
        code: 'key_reused',
        message: 'this key was already used with other fields; use a new key for a new request',
      },
    });
    expect(await records()).toEqual(before);
    expect((await recordedRun(request('one'), deps)).reason?.code).not.toBe('key_reused');
  });
});

describe('versions of an object', () => {
  it('each make a task, the newer one after the older one is over', async () => {
    const simulation = new Simulation();
    await deliver(simulation, landed('a/one.rdb', 0));
    const second = await deliver(simulation, landed('a/one.rdb', 1));
    await simulation.settle();

    expect(second).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    const [first, next] = simulation.cloud.tasks.map(({ at }) => at);
    expect(simulation.cloud.tasks).toHaveLength(2);
    expect((next ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(10 * MINUTE);
  });

  it('let a corrected upload run after a refused one', async () => {
    const simulation = new Simulation();
    simulation.cloud.failNextCreate('refused');
    await deliver(simulation, landed('a/one.rdb', 0));

    expect(await deliver(simulation, landed('a/one.rdb', 1))).toMatchObject({ outcome: 'created' });
  });

  it('never land in the wrong order', async () => {
    const simulation = new Simulation();
    await deliver(simulation, landed('a/one.rdb', 1));
    simulation.advance(11 * MINUTE);

    const older = await deliver(simulation, landed('a/one.rdb', 0));

    expect(older).toMatchObject({ outcome: 'skipped', reason: { code: 'superseded' } });
    expect(simulation.cloud.tasks).toHaveLength(1);
  });
});

describe('overlap', () => {
  it('queues runs of one target in the order of their times', async () => {
    const simulation = new Simulation();
    for (const trigger of [one, three, two]) await deliver(simulation, trigger);
    await simulation.settle();

    const order = (trigger: typeof one) =>
      simulation.cloud.creates.findIndex((name) => name.includes(runOf(trigger).slice(0, 12)));
    expect([one, two, three].map(order)).toEqual([0, 1, 2]);
  });

  it('latest: a newer run replaces those that wait', async () => {
    const simulation = new Simulation();
    const latest = await jobsWith('    overlap: latest\n');
    for (const trigger of [one, two, three]) await deliver(simulation, trigger, {}, latest);
    await simulation.settle();

    expect(await deliver(simulation, two)).toMatchObject({ outcome: 'skipped', reason: { code: 'superseded' } });
    expect(await deliver(simulation, three)).toMatchObject({ outcome: 'existing' });
    expect(simulation.cloud.tasks).toHaveLength(2);
  });

  it('latest: never replaces what somebody asked for', async () => {
    const simulation = new Simulation();
    for (const i of [1, 2, 3]) await simulation.deliver(jobs, 'also-a', asked(`request-${i}`, i));
    await simulation.settle();

    expect(simulation.cloud.tasks).toHaveLength(3);
  });

  it('reject: refuses a run while another has the target, and takes the next one after it', async () => {
    const simulation = new Simulation();
    const reject = await jobsWith('    overlap: reject\n');
    await deliver(simulation, one, {}, reject);

    const refused = await deliver(simulation, two, {}, reject);
    await simulation.settle();

    expect(refused).toMatchObject({ outcome: 'rejected', reason: { code: 'target_busy' } });
    expect(await deliver(simulation, three, {}, reject)).toMatchObject({ outcome: 'created' });
  });
});

describe('a pause', () => {
  it('lets nothing be created until it is taken back', async () => {
    const simulation = new Simulation();
    await pause(operatorOf(simulation), 'import-a');

    const paused = await deliver(simulation);
    await tick(simulation, 5 * MINUTE);
    expect(paused).toMatchObject({ outcome: 'waiting', reason: { code: 'paused' } });
    expect(simulation.cloud.creates).toEqual([]);

    await resume(operatorOf(simulation), 'import-a');
    await tick(simulation, 5 * MINUTE);
    expect(simulation.cloud.tasks).toHaveLength(1);
  });

  it('is recorded once, however often the run is processed', async () => {
    const simulation = new Simulation();
    await pause(operatorOf(simulation));
    await deliver(simulation);
    for (let i = 0; i < 20; i++) await tick(simulation, 5 * MINUTE);

    expect(await recordsOf(simulation)).toEqual(['received', 'claimed', 'waiting']);
  });

  it('takes a run that has the turn out of the lane, so that other jobs go on', async () => {
    const simulation = new Simulation();
    for (let i = 0; i < 5; i++) simulation.cloud.failNextCreate('busy');
    const busy = await deliver(simulation);
    await pause(operatorOf(simulation), 'import-a');
    await tick(simulation, 20 * MINUTE);

    const other = (await simulation.deliver(jobs, 'also-a', landed('also/x.rdb', 9))).value;

    expect(busy).toMatchObject({ outcome: 'waiting', reason: { code: 'DCS.4026' } });
    expect(other).toMatchObject({ outcome: 'created' });
  });

  it('longer than the deadline parks nothing', async () => {
    const simulation = new Simulation();
    for (let i = 0; i < 5; i++) simulation.cloud.failNextCreate('busy');
    await deliver(simulation);
    await pause(operatorOf(simulation), 'import-a');
    await tick(simulation, 7 * HOUR);
    await tick(simulation, 5 * MINUTE);

    await resume(operatorOf(simulation), 'import-a');
    await tick(simulation, 5 * MINUTE);

    expect(simulation.cloud.tasks).toHaveLength(1);
  });
});

describe('a budget', () => {
  const limited = () => jobsWith('    limit: { runs: 1, per: 1h }\n');

  it('makes further runs wait, with one alarm, and continues in the next windows', async () => {
    const simulation = new Simulation();
    const tight = await limited();
    await deliver(simulation, one, {}, tight);
    await tick(simulation, 15 * MINUTE);

    const waiting = [await deliver(simulation, two, {}, tight), await deliver(simulation, three, {}, tight)];
    expect(waiting).toMatchObject([
      { outcome: 'waiting', reason: { code: 'over_budget' } },
      { outcome: 'waiting', reason: { code: 'over_budget' } },
    ]);
    expect(logged(simulation, 'ALARM')).toBe(1);

    await tick(simulation, 15 * MINUTE);
    expect(simulation.cloud.tasks).toHaveLength(1);
    await tick(simulation, 30 * MINUTE);
    expect(simulation.cloud.tasks).toHaveLength(2);
    await tick(simulation, 30 * MINUTE);
    expect(simulation.cloud.tasks).toHaveLength(2);
    await tick(simulation, 30 * MINUTE);
    expect(simulation.cloud.tasks).toHaveLength(3);
  });

  it.each([
    ['stays spent for a create call that was lost', 'not_done_500', 0],
    ['stays spent for a create call that waits for a busy cloud', 'busy', 0],
    ['is given back for a create call that is refused for good', 'refused', 1],
  ] as const)('%s', async (_what, fault, backs) => {
    const simulation = new Simulation();
    for (let i = 0; i < (fault === 'busy' ? 20 : 1); i++) simulation.cloud.failNextCreate(fault);

    await deliver(simulation);

    expect((await simulation.ledgerText()).split('"back":true')).toHaveLength(backs + 1);
  });

  it('stays spent as long as it is not recorded that the create call was refused', async () => {
    let isFirst = true;
    const simulation = new Simulation({
      sabotage: (store) => ({
        ...store,
        append: async (list, position, text) => {
          if (isFirst && text.includes('"type":"rejected"')) {
            isFirst = false;
            await store.append(list, position, '{"id":"x","at":1,"by":"other","type":"absent"}\n');
          }
          return store.append(list, position, text);
        },
      }),
    });
    simulation.cloud.failNextCreate('refused');

    await deliver(simulation);

    expect(await recordsOf(simulation)).not.toContain('rejected');
    expect(await simulation.ledgerText()).not.toContain('"back":true');
  });

  it('that cannot be returned is logged, and the run is refused all the same', async () => {
    const { simulation } = failingAt('"back":true');
    simulation.cloud.failNextCreate('refused');

    expect(await deliver(simulation)).toMatchObject({ outcome: 'rejected', reason: { code: 'DCS.4004' } });
    expect(logged(simulation, 'could not be returned')).toBe(1);
  });

  it('does not keep other jobs from the target', async () => {
    const simulation = new Simulation();
    const tight = await limited();
    await deliver(simulation, one, {}, tight);
    await deliver(simulation, two, {}, tight);
    await tick(simulation, 11 * MINUTE);

    const other = (await simulation.deliver(tight, 'also-a', landed('also/x.rdb', 9))).value;

    expect(other).toMatchObject({ outcome: 'created' });
  });
});

describe('a create call whose response was lost', () => {
  // The lease of the first invocation ends after 75 s, and the task may take 60 s more to show.
  it.each([
    ['one listing before the settle time', [30_000], 1],
    ['two listings before the settle time', [30_000, 30_000], 1],
    ['the second listing just before the settle time is over', [30_000, 215_000], 1],
    ['the second listing after the settle time', [30_000, 230_000], 2],
    ['two listings after the settle time', [260_000], 2],
  ])('is sent %s: %j ms later, so often: %i', async (_when, ticks, creates) => {
    const simulation = new Simulation();
    const start = simulation.now;
    simulation.cloud.failNextCreate('not_done_500');
    expect(await deliver(simulation)).toMatchObject({ outcome: 'unknown' });
    simulation.now = start;

    for (const after of ticks) {
      const before = simulation.now;
      await tick(simulation, after);
      simulation.now = before + after;
    }

    expect(simulation.cloud.creates).toHaveLength(creates);
  });

  it('is not sent again when the first listing does not have its task and the second one has, however late', async () => {
    const simulation = new Simulation();
    simulation.cloud.listLagMs = HOUR;
    simulation.cloud.failNextCreate('reply_lost');
    await deliver(simulation);
    const { dcs } = simulation.cloud;
    const { listMigrationTasks } = dcs;
    let looks = 0;
    Object.assign(dcs, {
      listMigrationTasks: async (name: string) => {
        looks += 1;
        if (looks === 2) simulation.cloud.listLagMs = 0;
        return listMigrationTasks(name);
      },
    });

    await tick(simulation, 10 * MINUTE);

    expect(looks).toBe(2);
    expect(await deliver(simulation)).toMatchObject({ outcome: 'existing', task: { id: 'task-1' } });
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('is returned as created when its task is listed immediately', async () => {
    const simulation = new Simulation();
    simulation.cloud.failNextCreate('reply_lost');

    expect(await deliver(simulation)).toMatchObject({ outcome: 'created', task: { id: 'task-1' } });
  });

  it('is adopted when its task shows late', async () => {
    const simulation = new Simulation();
    simulation.cloud.listLagMs = 50_000;
    simulation.cloud.failNextCreate('reply_lost');
    await deliver(simulation);

    await tick(simulation, 5 * MINUTE);

    expect(await deliver(simulation)).toMatchObject({ outcome: 'existing', task: { id: 'task-1' } });
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('is parked when no list could be read until the deadline, logged at each tick, and adopted once one can', async () => {
    const simulation = new Simulation();
    simulation.cloud.failNextCreate('reply_lost');
    // The look before the create call works, and none after it.
    const { dcs } = simulation.cloud;
    const create = dcs.createMigrationTask;
    Object.assign(dcs, {
      createMigrationTask: (body: Record<string, unknown>) => {
        simulation.cloud.failingLists = Number.POSITIVE_INFINITY;
        return create(body);
      },
    });
    await deliver(simulation);
    await tick(simulation, 5 * HOUR);
    expect(await recordsOf(simulation)).not.toContain('parked');

    await tick(simulation, 2 * HOUR);
    await tick(simulation, 5 * MINUTE);
    expect((await recordsOf(simulation)).filter((type) => type === 'parked')).toHaveLength(1);
    expect(logged(simulation, 'parked runs wait for an operator')).toBe(2);
    expect(await listOpen(operatorOf(simulation))).toHaveLength(1);
    expect(await deliver(simulation)).toMatchObject({ outcome: 'unknown', reason: { code: 'parked' } });

    simulation.cloud.failingLists = 0;
    await tick(simulation, 5 * MINUTE);
    expect(await deliver(simulation)).toMatchObject({ outcome: 'existing', task: { id: 'task-1' } });
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('is parked when its absence is sure only after the deadline, and leaves the target to others', async () => {
    const simulation = new Simulation();
    simulation.cloud.failNextCreate('not_done_500');
    await deliver(simulation);
    await tick(simulation, 7 * HOUR);
    await tick(simulation, 5 * MINUTE);

    expect(await recordsOf(simulation)).toContain('parked');
    expect((await simulation.deliver(jobs, 'also-a', landed('also/x.rdb', 9))).value).toMatchObject({
      outcome: 'created',
    });
    expect(simulation.cloud.creates).toHaveLength(2);
  });
});

describe('a cloud that is busy', () => {
  it('is tried again until the deadline, less and less often, and then an operator has to decide', async () => {
    const simulation = new Simulation();
    for (let i = 0; i < 1_000; i++) simulation.cloud.failNextCreate('busy');
    await deliver(simulation);
    for (let i = 0; i < 90; i++) await tick(simulation, 5 * MINUTE);

    const records = await recordsOf(simulation);
    expect(records.at(-1)).toBe('parked');
    expect(records.filter((type) => type === 'intent').length).toBeLessThan(40);
    expect((await simulation.deliver(jobs, 'also-a', landed('also/x.rdb', 9))).value).not.toMatchObject({
      reason: { code: 'queued' },
    });
  });
});

describe('a run with a thousand records', () => {
  /** How long it waits when the cloud is busy and it has so many records. */
  async function waitOf(records: number): Promise<number> {
    const simulation = new Simulation();
    for (let i = 0; i < 100; i++) simulation.cloud.failNextCreate('busy');
    await deliver(simulation);
    const [entry] = await simulation.store.list('runs/', { limit: 1 });
    const name = entry?.name ?? '';
    const { text, position } = await simulation.store.read(name);
    const line = (i: number) =>
      JSON.stringify({ id: `f${i}`, at: simulation.now, by: 'f', type: 'notified', event: 'started', messageId: 'm' });
    const more = Array.from({ length: records - text.trimEnd().split('\n').length }, (_, i) => `${line(i)}\n`);
    await simulation.store.append(name, position, more.join(''));
    await tick(simulation, 5 * MINUTE);
    const lines = (await simulation.store.read(name)).text.trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '{}');
    expect([lines.length, last.type]).toEqual([records + 3, 'waiting']);
    return last.notBefore - last.at;
  }

  it('is tried again after six hours, and one with fewer after minutes', async () => {
    expect(await waitOf(990)).toBeLessThan(16 * MINUTE);
    expect(await waitOf(1_000)).toBeGreaterThanOrEqual(6 * 60 * MINUTE);
  });
});

describe('a ledger that fails', () => {
  it('lets nothing be created when it cannot be written', async () => {
    const { simulation } = failingAt('');

    const result = await deliver(simulation);

    expect(result).toMatchObject({ outcome: 'waiting', reason: { code: 'ledger' } });
    expect(simulation.cloud.creates).toEqual([]);
  });

  it('lets nothing be created when the intent cannot be written', async () => {
    const { simulation } = failingAt('"type":"intent"');

    expect(await deliver(simulation)).toMatchObject({ outcome: 'waiting', reason: { code: 'ledger' } });
    expect(simulation.cloud.creates).toEqual([]);
  });

  it('does not hide that the task was created, and reconcile adopts it', async () => {
    const { simulation, trouble } = failingAt('"type":"created"');

    expect(await deliver(simulation)).toMatchObject({ outcome: 'created', task: { id: 'task-1' } });

    trouble.on = false;
    expect(await simulation.settle()).toBe(0);
    expect(await recordsOf(simulation)).toContain('adopted');
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('does not turn a lost response into "nothing was created"', async () => {
    const { simulation, trouble } = failingAt('"type":"unknown"');
    simulation.cloud.failNextCreate('done_500');
    simulation.cloud.listLagMs = 50_000;

    expect(await deliver(simulation)).toMatchObject({ outcome: 'unknown', reason: { code: 'DCS.5000' } });

    trouble.on = false;
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.creates).toHaveLength(1);
  });

  it('does not say that a run waits whose create call may have been sent', async () => {
    const { simulation } = failingAt('"type":"absent"');
    simulation.cloud.failNextCreate('not_done_500');
    await deliver(simulation);
    simulation.advance(10 * MINUTE);

    expect(await deliver(simulation)).toMatchObject({ outcome: 'unknown', reason: { code: 'ledger' } });
  });

  it('still returns the task that an earlier delivery created', async () => {
    const { simulation, trouble } = failingAt('"type":"settled"');
    await simulation.deliver(jobs, 'move-cache', {
      kind: 'tick',
      name: 'daily',
      time: '2026-03-14T11:00:00Z',
      jobs: [],
    });

    const again = await simulation.deliver(jobs, 'move-cache', {
      kind: 'tick',
      name: 'daily',
      time: '2026-03-14T11:00:00Z',
      jobs: [],
    });

    expect(trouble.on).toBe(true);
    expect(again.value).toMatchObject({ outcome: 'existing', task: { id: 'task-1' } });
  });

  it('keeps the id of a task although somebody else wrote in between', async () => {
    let between = true;
    const simulation = new Simulation({
      sabotage: (store) => ({
        ...store,
        append: async (list, position, text) => {
          if (between && text.includes('"type":"created"')) {
            between = false;
            await store.append(list, position, '{"id":"x","at":1,"by":"other","type":"absent"}\n');
          }
          return store.append(list, position, text);
        },
      }),
    });

    await deliver(simulation);

    expect((await recordsOf(simulation)).slice(-2)).toEqual(['absent', 'created']);
  });
});

describe('a create call that is refused', () => {
  const details = { service: 'DCS', operation: 'CreateMigrationTask', outcome: 'rejected', temporary: false } as const;

  /** A delivery whose create call fails so, once. */
  async function refusedOnce(error: CloudError): Promise<Simulation> {
    const simulation = new Simulation();
    const { dcs } = simulation.cloud;
    const { createMigrationTask } = dcs;
    Object.assign(dcs, {
      createMigrationTask: async () => {
        Object.assign(dcs, { createMigrationTask });
        throw error;
      },
    });
    await deliver(simulation);
    return simulation;
  }

  it.each([
    ['keys that are refused', { status: 401, cloudCode: 'APIGW.0301' }],
    ['keys that are refused with a code alone', { status: 400, cloudCode: 'APIGW.0301' }],
    ['keys that are refused with a status alone', { status: 401 }],
    ['keys that rest', { outcome: 'not_sent', cloudCode: 'keys_refused' }],
    ['rights that are missing', { status: 403 }],
    ['a full quota', { status: 400, cloudCode: 'DCS.4035' }],
    ['a busy instance', { status: 400, cloudCode: 'DCS.4026' }],
    ['a service that is down', { status: 503 }],
  ] as const)('because of %s waits, and is sent again by reconcile', async (_what, more) => {
    const simulation = await refusedOnce(new CloudError({ ...details, ...more }));

    expect(await recordsOf(simulation)).not.toContain('rejected');
    expect(await simulation.settle()).toBe(0);
    expect(simulation.cloud.creates).toHaveLength(1);
    expect(await deliver(simulation)).toMatchObject({ outcome: 'existing', task: { id: 'task-1' } });
  });

  it('for what no wait changes is final', async () => {
    const simulation = await refusedOnce(new CloudError({ ...details, status: 400, cloudCode: 'DCS.4004' }));

    expect(await simulation.settle(3)).toBe(0);
    expect(await deliver(simulation)).toMatchObject({ outcome: 'rejected', reason: { code: 'DCS.4004' } });
    expect(simulation.cloud.creates).toEqual([]);
  });
});

describe('a write of somebody else right before the intent', () => {
  it('has it decided again whether there is anything to create', async () => {
    let isFirst = true;
    const simulation = new Simulation({
      sabotage: (store) => ({
        ...store,
        append: async (list, position, text) => {
          if (isFirst && text.includes('"type":"intent"')) {
            isFirst = false;
            const forgotten = {
              id: 'x',
              at: 1,
              by: 'other',
              type: 'forgotten',
              reason: { code: 'forgotten', message: 'm' },
            };
            await store.append(list, position, `${JSON.stringify(forgotten)}\n`);
          }
          return store.append(list, position, text);
        },
      }),
    });

    expect(await deliver(simulation)).toMatchObject({ outcome: 'skipped', reason: { code: 'forgotten' } });
    expect(simulation.cloud.creates).toEqual([]);
    expect(await simulation.openCount()).toBe(0);
  });
});

describe('a run of another format', () => {
  it('is left as it is, and reported so', async () => {
    const simulation = new Simulation({
      sabotage: (store) => ({
        ...store,
        append: (list, position, text) =>
          store.append(list, position, list.startsWith('runs/') ? text.replace('"v":2', '"v":1') : text),
      }),
    });

    await deliver(simulation, one, await diesRecorded());

    const result = await deliver(simulation);

    expect(result).toMatchObject({
      outcome: 'waiting',
      reason: { code: 'ledger', message: expect.stringContaining('format 1, but this version supports only 2') },
    });
    expect(await recordsOf(simulation)).toEqual(['received', 'claimed']);
    expect(simulation.cloud.creates).toEqual([]);
  });
});

describe('what is recorded', () => {
  it('holds the plan with references in place of secrets', async () => {
    const simulation = new Simulation();
    await deliver(simulation);

    const text = await simulation.ledgerText();

    expect(text).not.toContain(PASSWORD);
    expect(text).toContain('"password":{"user_data":"CACHE_PASSWORD"}');
  });
});

describe('a fault of our own', () => {
  it('after the create call is unknown, not refused: its task is looked for', async () => {
    const simulation = new Simulation();
    const { dcs } = simulation.cloud;
    const create = dcs.createMigrationTask;
    Object.assign(dcs, {
      createMigrationTask: async (body: Record<string, unknown>) => {
        await create(body);
        throw new TypeError('simulated');
      },
    });

    expect(await deliver(simulation)).toMatchObject({ outcome: 'unknown', reason: { code: 'internal' } });

    expect(await recordsOf(simulation)).not.toContain('rejected');
    expect(await simulation.settle()).toBe(0);
    expect(await deliver(simulation)).toMatchObject({ outcome: 'existing', task: { id: 'task-1' } });
    expect(simulation.cloud.creates).toHaveLength(1);
  });
});

describe('a task that was created', () => {
  it('is not recorded for a run that was forgotten meanwhile', async () => {
    let isFirst = true;
    const forgotten = { id: 'x', at: 1, by: 'other', type: 'forgotten', reason: { code: 'forgotten', message: 'm' } };
    const simulation = new Simulation({
      sabotage: (store) => ({
        ...store,
        append: async (list, position, text) => {
          if (isFirst && text.includes('"type":"created"')) {
            isFirst = false;
            await store.append(list, position, `${JSON.stringify(forgotten)}\n`);
          }
          return store.append(list, position, text);
        },
      }),
    });

    expect(await deliver(simulation)).toMatchObject({ outcome: 'created', task: { id: 'task-1' } });

    expect((await recordsOf(simulation)).at(-1)).toBe('forgotten');
  });

  it('leaves nothing open where nothing waits for it', async () => {
    const simulation = new Simulation();

    await simulation.deliver(jobs, 'move-cache', ticked());

    expect(await simulation.openCount()).toBe(0);
  });

  it('and failed is left to reconcile by runs that wait for its target', async () => {
    const simulation = new Simulation();
    await deliver(simulation);
    simulation.cloud.statuses.set('task-1', 'FAILED');

    expect(await deliver(simulation, two)).toMatchObject({ outcome: 'waiting', reason: { code: 'queued' } });
    simulation.cloud.statuses.set('task-1', 'SUCCESS');
    expect(await deliver(simulation, two)).toMatchObject({ outcome: 'created' });
  });
});

describe('an invocation without time', () => {
  it('creates nothing when its time was over right before the intent, and spends nothing', async () => {
    const simulation = new Simulation();

    const answer = await deliver(simulation, one, {
      turn: async (what: string) => simulation.advance(what.startsWith('dcs.listMigrationTasks') ? 58_700 : 0),
    });

    expect(answer).toMatchObject({ outcome: 'waiting', reason: { code: 'out_of_time' } });
    expect(await recordsOf(simulation)).not.toContain('intent');
    expect(simulation.cloud.creates).toEqual([]);
    expect(await simulation.store.list('lanes/job/', { limit: 10 })).toEqual([]);
  });

  it('creates nothing, and writes the same only once', async () => {
    const simulation = new Simulation();
    await deliver(simulation, one, { timeLimitMs: 1_100 });
    const { position } = await simulation.store.read(`runs/import-a/${runOf(one)}`);
    for (let i = 0; i < 10; i++) {
      simulation.advance(5 * MINUTE);
      await deliver(simulation, one, { timeLimitMs: 1_100 });
    }

    expect(simulation.cloud.creates).toEqual([]);
    expect((await simulation.store.read(`runs/import-a/${runOf(one)}`)).position).toBe(position);
    await tick(simulation, 5 * MINUTE);
    expect(simulation.cloud.tasks).toHaveLength(1);
  });
});
