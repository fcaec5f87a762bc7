import * as fc from 'fast-check';
import { FAULT_HELP, parseFault } from '../../src/cloud/parse-fault.ts';
import { ONLY_FOR, SITUATION_OPTIONS, SITUATIONS, type Subject } from '../../src/cloud/situations.ts';

const SITUATION_NAMES = Object.entries(SITUATIONS).flatMap(([subject, kinds]) =>
  Object.keys(kinds).map((kind) => [subject as Subject, kind] as const),
);

describe('parseFault', () => {
  it.each([
    ['CreateMigrationTask=reply_lost', { operation: 'CreateMigrationTask', kind: 'reply_lost' }],
    [
      'ListTasks=error,service=SMS,status=503,code=SMS.1,times=2,skip=1',
      { operation: 'ListTasks', kind: 'error', service: 'SMS', status: 503, code: 'SMS.1', times: 2, skip: 1 },
    ],
    ['*=delay,delay_ms=0', { operation: '*', kind: 'delay', delayMs: 0 }],
    [
      'ShowTask=redirect,location=http://a/?b=c',
      { operation: 'ShowTask', kind: 'redirect', location: 'http://a/?b=c' },
    ],
  ])('parses %s', (text, call) => {
    expect(parseFault(text)).toEqual({ call });
  });

  it.each([
    ['task=fail', 'task', 'fail', {}],
    ['task=hang,stage=full,at=0,which=running', 'task', 'hang', { stage: 'full', at: 0, which: 'running' }],
    ['task=slow,by=2,times=3', 'task', 'slow', { by: 2, times: 3 }],
    ['task=fail,at=99,message=a=b', 'task', 'fail', { at: 99, message: 'a=b' }],
    ['instance=deleted,name=staging-cache', 'instance', 'deleted', { name: 'staging-cache' }],
    ['password=refused,name=192.168.10.7:6379', 'password', 'refused', { name: '192.168.10.7:6379' }],
    ['right=revoked,action=dcs:migrationTask:create', 'right', 'revoked', { action: 'dcs:migrationTask:create' }],
    ['notification=delayed,by=90s,key=prod/*', 'notification', 'delayed', { by: 90_000, key: 'prod/*' }],
  ])('parses %s', (text, subject, kind, options) => {
    expect(parseFault(text)).toEqual({ situation: { subject, kind, options } });
  });

  it.each([
    ['CreateTask', 'parse the fault CreateTask: expected <what>=<kind>'],
    ['=html', 'parse the fault =html: expected <what>=<kind>'],
    ['CreateTask=explode', 'unknown kind explode; use one of error, error_after, forbidden'],
    ['CreateTask=toString', 'unknown kind toString'],
    [
      'CreateTask=error,status',
      'expected one of service, times, skip, status, code, delay_ms, location with a value, got status',
    ],
    ['CreateTask=error,status=4xx', 'status must be a number, got 4xx'],
    ['CreateTask=error,toString=1', 'expected one of service'],
    ['CreateTask=error,', 'expected one of service'],
    ['tusk=fail', 'unknown tusk; use one of task, instance, password, keys, right, timer, function, notification, or'],
    ['task=explode', 'unknown kind explode of task; use one of fail, hang, slow, deleted, released, unknown_state'],
    ['task=toString', 'unknown kind toString of task'],
    ['task=fail,by=2', 'expected one of stage, name, times, at, which, message, code with a value, got by=2'],
    ['task=fail,toString=2', 'expected one of stage'],
    ['task=fail,at=100', 'at must be a percentage from 0 to 99, got 100'],
    ['task=slow,by=1', 'by must be a number from 2 to 1000, got 1'],
    ['task=slow,by=1001', 'by must be a number from 2 to 1000, got 1001'],
    ['task=fail,times=0', 'times must be a number from 1, got 0'],
    ['task=fail,stage=copying', 'stage must be one of import, create_job, full, incremental, backup'],
    ['notification=delayed,by=10', 'by must be a duration such as 90s, 10m or 4h, got 10'],
    ['notification=lost,by=10m', 'expected one of bucket, key, times with a value, got by=10m'],
    ['right=revoked', 'needs action: the action, such as dcs:migrationTask:create'],
    ['timer=stopped,times=2', 'expected one of name with a value, got times=2'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFault(text)).toThrow(message);
  });

  it('reads what it says it reads, for each situation', () => {
    const textOf = (type: (typeof SITUATION_OPTIONS)[Subject][string]['type']) =>
      typeof type === 'object'
        ? fc.constantFrom(...type)
        : {
            text: fc.stringMatching(/^[^,]+$/),
            count: fc.integer({ min: 1, max: 999_999_999 }).map(String),
            percent: fc.integer({ min: 0, max: 99 }).map(String),
            factor: fc.integer({ min: 2, max: 1000 }).map(String),
            duration: fc.tuple(fc.nat(999_999), fc.constantFrom('s', 'm', 'h', 'd')).map((parts) => parts.join('')),
          }[type];
    const fault = fc.constantFrom(...SITUATION_NAMES).chain(([subject, kind]) => {
      const rows = { ...SITUATION_OPTIONS[subject], ...ONLY_FOR[`${subject}=${kind}`] };
      const required = Object.keys(rows).filter((name) => rows[name]?.isRequired);
      const values = Object.fromEntries(Object.entries(rows).map(([name, { type }]) => [name, textOf(type)]));
      return fc.record(values, { requiredKeys: required }).map((options) => ({ subject, kind, options }));
    });

    void fc.assert(
      fc.property(fault, ({ subject, kind, options }) => {
        const text = [`${subject}=${kind}`, ...Object.entries(options).map((pair) => pair.join('='))].join(',');
        const read = parseFault(text);
        expect(read).toMatchObject({ situation: { subject, kind } });
        if ('call' in read) throw new Error(text);
        for (const [name, value] of Object.entries(read.situation.options))
          if (typeof value === 'string') expect(value).toBe(options[name]);
        expect(Object.keys(read.situation.options).sort()).toEqual(Object.keys(options).sort());
      }),
    );
  });

  it('returns a fault, or throws an Error that quotes the text, for any text', () => {
    void fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((rest) => `task=${rest}`),
        ),
        (text) => {
          try {
            parseFault(text);
          } catch (error) {
            expect((error as Error).message).toContain(`parse the fault ${text}: `);
          }
        },
      ),
    );
  });

  it('is described with every situation and every option', () => {
    for (const [subject, kind] of SITUATION_NAMES) expect(FAULT_HELP).toContain(`  ${subject}=${kind} `);
    for (const options of [...Object.values(SITUATION_OPTIONS), ...Object.values(ONLY_FOR)])
      for (const name of Object.keys(options)) expect(FAULT_HELP).toContain(`      ${name} `);
  });
});
