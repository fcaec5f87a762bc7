import type { RunRecord } from '../../../../lib/runs/ledger/run-record.ts';
import { dueReports, sweptReport } from '../../../../lib/runs/report/report.ts';
import { incompleteSetReport, lateMembersReport } from '../../../../lib/runs/sets/set-reports.ts';

const RUN = 'd207aebff5ae9887f6f2f5d53d642a64';
const TARGET = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
const START = Date.parse('2026-03-14T12:00:00Z');
let count = 0;

function at(seconds: number): { id: string; at: number; by: string } {
  count += 1;
  return { id: `r-${count}`, at: START + seconds * 1000, by: 'i' };
}

type Received = Extract<RunRecord, { type: 'received' }>;
const ALL = ['started', 'succeeded', 'failed', 'stuck', 'parked', 'missed', 'waiting'] as const;

function received(change: Partial<Received> = {}, on: readonly (typeof ALL)[number][] = ALL): RunRecord {
  return {
    ...at(0),
    type: 'received',
    v: 2,
    job: 'restore-staging',
    run: RUN,
    trigger: 'object',
    source: 'obs://redis-backups/prod/dump.rdb',
    order: START,
    planned: {
      kind: 'backup_import',
      name: 'restore-staging-d207aebff5ae',
      target: TARGET,
      body: { target_instance: { id: TARGET, password: { user_data: 'STAGING_CACHE_PASSWORD' } } },
      warnings: [],
    },
    policies: {
      overlap: 'queue',
      limit: { runs: 20, perMs: 3_600_000 },
      settleMs: 60_000,
      deadlineMs: 21_600_000,
      notify: { smn: 'urn:smn:ap-southeast-3:p:t', on },
    },
    ...change,
  };
}

const created = (status = 'MIGRATING'): RunRecord => ({
  ...at(2),
  type: 'created',
  task: { kind: 'backup_import', id: 'task-1', name: 'restore-staging-d207aebff5ae', status },
});
/** The reports that are due so many seconds after the run was received. */
const due = (records: readonly RunRecord[], seconds = 600) => dueReports(records, { now: START + seconds * 1000 });
const eventsOf = (...records: RunRecord[]) => due(records).map(({ event }) => event);

describe('the report of a run that', () => {
  it('has started names job, object, target and task', () => {
    expect(due([received(), created()])).toEqual([
      {
        id: 'd207aebff5ae9887f6f2f5d53d642a64-started',
        event: 'started',
        subject: 'restore-staging: backup import has started: obs://redis-backups/prod/dump.rdb',
        message: `The backup import of job restore-staging has started.

Started by: obs://redis-backups/prod/dump.rdb
Target: DCS instance d2c8399f-bdba-43c1-8069-3ff17a1a79d5
Task: restore-staging-d207aebff5ae, id task-1, MIGRATING
Time: received 2026-03-14T12:00:00.000Z, task created after 2 s
What to do: nothing
Run: d207aebff5ae9887f6f2f5d53d642a64
Report: d207aebff5ae9887f6f2f5d53d642a64-started; it may be sent twice, then with the same id
`,
      },
    ]);
  });

  it('has succeeded says how long it took, and that an import merges', () => {
    const records: RunRecord[] = [received(), created(), { ...at(725), type: 'settled', status: 'SUCCESS' }];

    expect(due(records)[1]).toEqual({
      id: 'd207aebff5ae9887f6f2f5d53d642a64-succeeded',
      event: 'succeeded',
      subject: 'restore-staging: backup import has succeeded: obs://redis-backups/prod/dump.rdb',
      message: `The backup import of job restore-staging has succeeded.

Started by: obs://redis-backups/prod/dump.rdb
Target: DCS instance d2c8399f-bdba-43c1-8069-3ff17a1a79d5
Task: restore-staging-d207aebff5ae, id task-1, SUCCESS
Time: received 2026-03-14T12:00:00.000Z, task created after 2 s, over after 12 min 5 s
What to do: nothing. An import merges: keys of the target that are not in the backup are still there
Run: d207aebff5ae9887f6f2f5d53d642a64
Report: d207aebff5ae9887f6f2f5d53d642a64-succeeded; it may be sent twice, then with the same id
`,
    });
  });

  it('has a failed task says why, and what to do', () => {
    const reason = { code: 'task_failed' as const, message: 'ERR the file is broken\nat offset 9' };
    const records: RunRecord[] = [received(), created(), { ...at(3_661), type: 'settled', status: 'FAILED', reason }];

    expect(due(records)[1]).toEqual({
      id: 'd207aebff5ae9887f6f2f5d53d642a64-failed',
      event: 'failed',
      subject: 'restore-staging: backup import has failed: obs://redis-backups/prod/dump.rdb',
      message: `The backup import of job restore-staging has failed.

Started by: obs://redis-backups/prod/dump.rdb
Target: DCS instance d2c8399f-bdba-43c1-8069-3ff17a1a79d5
Task: restore-staging-d207aebff5ae, id task-1, FAILED
Time: received 2026-03-14T12:00:00.000Z, task created after 2 s, failed after 1 h 1 min
Why: ERR the file is broken at offset 9
What to do: check the log of the task in the console; then upload the object again: its new version starts a new run; or: npx migrations runs replay restore-staging d207aebff5ae9887f6f2f5d53d642a64
Run: d207aebff5ae9887f6f2f5d53d642a64
Report: d207aebff5ae9887f6f2f5d53d642a64-failed; it may be sent twice, then with the same id
`,
    });
  });

  it('was refused before there was a plan says what the cloud or we said', () => {
    const refused = received({ trigger: 'request', source: 'request gateway-1' });
    const { planned: _none, ...unplanned } = refused as Received;
    const reason = {
      code: 'DCS.4001' as const,
      message: 'DCS CreateMigrationTask: rejected: 400',
      request_id: 'req-7',
    };
    const records: RunRecord[] = [unplanned as RunRecord, { ...at(0), type: 'rejected', reason }];

    expect(due(records)).toEqual([
      {
        id: 'd207aebff5ae9887f6f2f5d53d642a64-failed',
        event: 'failed',
        subject: 'restore-staging: migration has failed: request gateway-1',
        message: `The migration of job restore-staging has failed.

Started by: request gateway-1
Time: received 2026-03-14T12:00:00.000Z, failed after 0 s
Why: DCS CreateMigrationTask: rejected: 400
Request id: req-7
What to do: fix the cause; then send the request again with another Idempotency-Key; or: npx migrations runs replay restore-staging d207aebff5ae9887f6f2f5d53d642a64
Run: d207aebff5ae9887f6f2f5d53d642a64
Report: d207aebff5ae9887f6f2f5d53d642a64-failed; it may be sent twice, then with the same id
`,
      },
    ]);
  });

  it('is stuck says in what state, and that it is still followed', () => {
    const reason = { code: 'stuck' as const, message: 'the task is MIGRATING; it is still followed' };

    expect(
      due([received(), created(), { ...at(21_602), type: 'stuck', status: 'MIGRATING', reason }])[1],
    ).toMatchObject({
      id: 'd207aebff5ae9887f6f2f5d53d642a64-stuck',
      subject: 'restore-staging: backup import has not finished by its deadline: obs://redis-backups/prod/dump.rdb',
      message: `The backup import of job restore-staging has not finished by its deadline.

Started by: obs://redis-backups/prod/dump.rdb
Target: DCS instance d2c8399f-bdba-43c1-8069-3ff17a1a79d5
Task: restore-staging-d207aebff5ae, id task-1, MIGRATING
Time: received 2026-03-14T12:00:00.000Z, task created after 2 s, still running after 6 h
Why: the task is MIGRATING; it is still followed
What to do: check the task in the console. It was not stopped
Run: d207aebff5ae9887f6f2f5d53d642a64
Report: d207aebff5ae9887f6f2f5d53d642a64-stuck; it may be sent twice, then with the same id
`,
    });
  });

  it('waits for the end of an online migration says whose, and how to end it', () => {
    const reason = { code: 'target_in_online_migration' as const, message: 'run 77 of job move has the turn on dcs-x' };

    expect(due([received(), { ...at(300), type: 'waiting', reason, notBefore: 0 }], 300)).toEqual([
      {
        id: 'd207aebff5ae9887f6f2f5d53d642a64-waiting',
        event: 'waiting',
        subject:
          'restore-staging: backup import waits for the end of an online migration: obs://redis-backups/prod/dump.rdb',
        message: `The backup import of job restore-staging waits for the end of an online migration.

Started by: obs://redis-backups/prod/dump.rdb
Target: DCS instance d2c8399f-bdba-43c1-8069-3ff17a1a79d5
Time: received 2026-03-14T12:00:00.000Z, still waiting after 5 min
Why: run 77 of job move has the turn on dcs-x
What to do: nothing, if that migration is to continue: this run starts when the task of that migration is stopped. To end that migration, stop its task in the console or cancel its run. To give this run up: npx migrations runs forget restore-staging d207aebff5ae9887f6f2f5d53d642a64 --why "..."
Run: d207aebff5ae9887f6f2f5d53d642a64
Report: d207aebff5ae9887f6f2f5d53d642a64-waiting; it may be sent twice, then with the same id
`,
      },
    ]);
  });

  it.each<[string, RunRecord[]]>([
    ['its turn came', [{ ...at(9), type: 'waiting', reason: { code: 'queued', message: 'm' }, notBefore: 0 }]],
    ['a newer one took its place', [{ ...at(9), type: 'superseded', reason: { code: 'superseded', message: 'm' } }]],
  ])('waited for the end of an online migration is not reported when %s before', (_how, after) => {
    const reason = { code: 'target_in_online_migration' as const, message: 'm' };

    expect(eventsOf(received(), { ...at(3), type: 'waiting', reason, notBefore: 0 }, ...after)).toEqual([]);
  });

  it.each(['queued', 'paused', 'over_budget', 'backup_running', 'DCS.2007', 'keys_refused', 'in_progress'] as const)(
    'waits because of %s is reported after one hour, not before',
    (code) => {
      const records = [
        received(),
        { ...at(3), type: 'waiting', reason: { code, message: 'm' }, notBefore: 0 },
      ] as RunRecord[];

      expect(due(records, 3_599)).toEqual([]);
      expect(due(records, 3_600)).toMatchObject([
        {
          event: 'waiting',
          subject: `restore-staging: backup import still waits (${code}): obs://redis-backups/prod/dump.rdb`,
        },
      ]);
    },
  );

  it('still waits says why at this moment, and what to do', () => {
    const waiting = (code: 'queued' | 'paused'): RunRecord => ({
      ...at(3),
      type: 'waiting',
      reason: { code, message: `it is ${code}` },
      notBefore: 0,
    });

    const [report] = dueReports([received(), waiting('queued')], {
      now: START + 4 * 3_600_000,
      reason: { code: 'paused', message: 'import paused by a-person' },
    });

    expect(report?.message).toBe(`The backup import of job restore-staging still waits (paused).

Started by: obs://redis-backups/prod/dump.rdb
Target: DCS instance d2c8399f-bdba-43c1-8069-3ff17a1a79d5
Time: received 2026-03-14T12:00:00.000Z, still waiting after 4 h
Why: import paused by a-person
What to do: nothing, if the pause is intended. To end it: npx migrations resume restore-staging, or npx migrations resume for a pause of all jobs
Run: d207aebff5ae9887f6f2f5d53d642a64
Report: d207aebff5ae9887f6f2f5d53d642a64-waiting-2; it may be sent twice, then with the same id
`);
  });

  it('is parked gives the commands that resolve it', () => {
    const reason = { code: 'parked' as const, message: 'parked, an operator has to decide: the answer was lost' };

    expect(due([received(), { ...at(90_000), type: 'parked', reason }])).toMatchObject([
      {
        event: 'parked',
        message: `The backup import of job restore-staging waits for an operator.

Started by: obs://redis-backups/prod/dump.rdb
Target: DCS instance d2c8399f-bdba-43c1-8069-3ff17a1a79d5
Time: received 2026-03-14T12:00:00.000Z, parked after 1 d 1 h
Why: parked, an operator has to decide: the answer was lost
What to do: look in the console for a task named restore-staging-d207aebff5ae. If it exists: npx migrations runs resolve restore-staging d207aebff5ae9887f6f2f5d53d642a64 task <its id>. If it definitely does not exist: npx migrations runs resolve restore-staging d207aebff5ae9887f6f2f5d53d642a64 try-again
Run: d207aebff5ae9887f6f2f5d53d642a64
Report: d207aebff5ae9887f6f2f5d53d642a64-parked; it may be sent twice, then with the same id
`,
      },
    ]);
  });
});

describe('dueReports', () => {
  const settled = (status?: string): RunRecord => ({ ...at(600), type: 'settled', ...(status ? { status } : {}) });
  const notified = (event: (typeof ALL)[number]): RunRecord => ({
    ...at(3),
    type: 'notified',
    event,
    messageId: 'm',
  });

  it.each([
    ['nothing of a run that was only received', [received()], []],
    ['nothing of a job that asks for nothing', [received({}, []), created()], []],
    ['what the job asks for alone', [received({}, ['failed']), created(), settled('FAILED')], ['failed']],
    ['what was not reported yet', [received(), created(), notified('started'), settled('SUCCESS')], ['succeeded']],
    ['nothing twice', [received(), created(), created(), notified('started')], []],
    [
      'a task that somebody else stopped as failed',
      [received({}, ['succeeded', 'failed']), created(), settled('TERMINATED')],
      ['failed'],
    ],
    ['a task that is gone as failed', [received({}, ['succeeded', 'failed']), created(), settled('gone')], ['failed']],
    [
      'a task that we stopped as succeeded',
      [
        received({}, ['succeeded', 'failed']),
        created(),
        { ...at(9), type: 'called', call: 'stop' },
        settled('TERMINATED'),
      ],
      ['succeeded'],
    ],
    ['no end of a task that nobody follows', [received({}, ['succeeded', 'failed']), created(), settled()], []],
    [
      'nothing of a superseded run',
      [received(), { ...at(9), type: 'superseded', reason: { code: 'superseded', message: 'x' } }, settled()],
      [],
    ],
  ] as [string, RunRecord[], string[]][])('reports %s', (_rule, records, events) => {
    expect(eventsOf(...records)).toEqual(events);
  });

  it('reports a run that is parked again after it was resumed, under an id of its own', () => {
    const parked: RunRecord = { ...at(9), type: 'parked', reason: { code: 'parked', message: 'x' } };
    const records: RunRecord[] = [
      received(),
      parked,
      notified('parked'),
      { ...at(10), type: 'resumed' },
      parked,
      parked,
    ];

    expect(due(records).map(({ id }) => id)).toEqual([`${RUN}-parked-2`]);
    expect(due([...records, notified('parked')])).toEqual([]);
  });

  it('cuts a subject at 512 bytes, and never in the middle of a character', () => {
    const source = `obs://bb/${'é'.repeat(300)}`;

    const [report] = due([received({ source }), created()]);

    expect(Buffer.byteLength(report?.subject ?? '')).toBe(511);
    expect(report?.subject).toMatch(/é$/u);
  });

  it('keeps a key with a line break on its line', () => {
    const [report] = due([received({ source: 'obs://b/a\nRun: forged' }), created()]);

    expect(report?.subject).toBe('restore-staging: backup import has started: obs://b/a Run: forged');
    expect(report?.message).toContain('\nStarted by: obs://b/a Run: forged\n');
  });

  it('names no secret, nor where one comes from', () => {
    const [report] = due([received(), created()]);

    expect(JSON.stringify(report)).not.toContain('STAGING_CACHE_PASSWORD');
  });
});

describe('a report of what was missed', () => {
  it('by a sweep names the objects and the sweep', () => {
    const sweep = { job: 'restore-staging', bucket: 'redis-backups', at: START };

    expect(sweptReport(sweep, ['prod/a.rdb', 'prod/b.rdb'])).toEqual({
      id: 'restore-staging-2026-03-14T12:00:00.000Z-missed',
      event: 'missed',
      subject: 'restore-staging: 2 objects of bucket redis-backups had no run',
      message: `The sweep of job restore-staging found 2 objects without a run and started the missing runs.

Bucket: redis-backups
Objects: prod/a.rdb, prod/b.rdb
Time: sweep of 2026-03-14T12:00:00.000Z
Why: their notifications did not arrive (delivery is not guaranteed, and some are late), or the function that got them failed
What to do: nothing. If it happens often, check the bucket's notification, the function's trigger, and its log
Report: restore-staging-2026-03-14T12:00:00.000Z-missed; it may be sent twice, then with the same id
`,
    });
  });

  it('names 20 objects and counts the others', () => {
    const keys = Array.from({ length: 22 }, (_, i) => `k${i}`);

    const { message } = sweptReport({ job: 'j', bucket: 'b', at: START }, keys);

    expect(message).toContain('k18, k19 and 2 more\n');
  });

  it('says which set is not complete, and what it has', () => {
    const set = { job: 'import-set', bucket: 'backups', prefix: 'prod/day-1/' };

    expect(incompleteSetReport(set, 'x-missed', { at: START, why: '0 of 3', keys: [] })).toEqual({
      id: 'x-missed',
      event: 'missed',
      subject: 'import-set: incomplete set: obs://backups/prod/day-1/',
      message: `A set of job import-set was not complete in time. Nothing was imported.

Set: obs://backups/prod/day-1/
Objects: none
Time: given up 2026-03-14T12:00:00.000Z
Why: 0 of 3
What to do: find out why the rest was not uploaded, then upload the whole set under another prefix
Report: x-missed; it may be sent twice, then with the same id
`,
    });
  });

  it('says what came too late', () => {
    const set = { job: 'import-set', bucket: 'backups', prefix: 'prod/day-1/' };

    expect(lateMembersReport(set, 'y-missed', { keys: ['prod/day-1/d.rdb'] })).toEqual({
      id: 'y-missed',
      event: 'missed',
      subject: 'import-set: too late for its set: obs://backups/prod/day-1/d.rdb',
      message: `A set of job import-set was already over when more objects arrived. Late objects are not imported.

Set: obs://backups/prod/day-1/
Late: prod/day-1/d.rdb
What to do: if they belong to the backup, upload the whole set under another prefix
Report: y-missed; it may be sent twice, then with the same id
`,
    });
  });
});
