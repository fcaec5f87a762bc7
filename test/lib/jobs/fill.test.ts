import fc from 'fast-check';
import type { ObjectTrigger, RequestTrigger, TickTrigger } from '../../../lib/events/trigger.ts';
import { fillFields, type TriggerValues, triggerValues } from '../../../lib/jobs/fill.ts';
import type { Job } from '../../../lib/jobs/job.ts';
import { DEFAULT_POLICIES } from '../../fixtures/jobs.ts';

const OBJECT: ObjectTrigger = {
  kind: 'object',
  created: true,
  eventName: 'ObjectCreated:Put',
  bucket: 'redis-backups',
  key: 'prod/eu/dump.rdb',
  size: 754,
  versionId: 'v1',
  time: '2026-01-31T23:30:00.000Z',
  warnings: [],
};
const TICK: TickTrigger = { kind: 'tick', name: 'nightly', time: '2026-02-01T02:00:00+08:00', jobs: ['a-job'] };
const REQUEST: RequestTrigger = {
  kind: 'request',
  requestId: 'r1',
  job: 'a-job',
  body: { day: '2026-02-01', count: 3, full: true, secret_list: ['x'], unused: 'u' },
  query: { zone: 'eu', unused: 'u' },
  time: '2026-01-31T23:30:00.000Z',
};

function job(fields: Record<string, unknown>, cron = '0 0 2 * * ?'): Job {
  return { name: 'a-job', kind: 'backup_import', on: { schedule: { cron } }, fields, ...DEFAULT_POLICIES };
}

describe('triggerValues', () => {
  it('has the known values of an object', () => {
    expect(triggerValues(job({}), OBJECT, {})).toEqual({
      job: 'a-job',
      time: { iso: '2026-01-31T23:30:00.000Z', date: '2026-01-31' },
      object: { bucket: 'redis-backups', key: 'prod/eu/dump.rdb', name: 'dump.rdb', size: 754, version: 'v1' },
    });
  });

  it('has only those values of a request that a placeholder uses and that can be strings', () => {
    const fields = {
      description:
        '{{ request.body.day }} {{request.body.count}} {{ request.body.secret_list }} {{ request.query.zone }}',
    };

    expect(triggerValues(job(fields), REQUEST, {}).request).toEqual({
      body: { day: '2026-02-01', count: 3 },
      query: { zone: 'eu' },
    });
  });

  it.each<[string, string, string | undefined, ObjectTrigger | TickTrigger | RequestTrigger, string]>([
    ['of the cron, for a tick', 'CRON_TZ=Europe/Berlin 0 0 2 * * ?', 'Asia/Tokyo', TICK, '2026-01-31'],
    ['of the file, for a tick of a cron without a zone', '0 0 2 * * ?', 'America/New_York', TICK, '2026-01-31'],
    ['of the event, without either', '0 0 2 * * ?', undefined, TICK, '2026-02-01'],
    [
      'of the file for an object, not that of the cron',
      'CRON_TZ=Europe/Berlin 0 0 2 * * ?',
      'Asia/Tokyo',
      OBJECT,
      '2026-02-01',
    ],
    ['of the event, for an object', 'CRON_TZ=Asia/Tokyo 0 0 2 * * ?', undefined, OBJECT, '2026-01-31'],
    ['of the file, for a request', '0 0 2 * * ?', 'Europe/Berlin', REQUEST, '2026-02-01'],
  ])('writes the date in the time zone %s', (_, cron, timeZone, trigger, date) => {
    expect(triggerValues(job({}, cron), trigger, { timeZone }).time.date).toBe(date);
  });
});

describe('fillFields', () => {
  const values: TriggerValues = {
    job: 'a-job',
    time: { iso: '2026-01-31T23:30:00.000Z', date: '2026-01-31' },
    object: { bucket: 'b', key: 'a/{{ job }}.rdb', name: '{{ job }}.rdb', size: 754 },
    request: { body: { day: 'today', count: 3, full: true }, query: { zone: 'eu' } },
  };

  it('fills every string at every depth', () => {
    const fields = {
      description: '{{job}}: {{ object.bucket }}, {{  object.size  }} bytes, {{ time.date }}, {{ time.iso }}',
      backup_files: {
        files: [
          {
            file_name:
              '{{ request.body.day }}-{{ request.body.count }}-{{ request.body.full }}-{{ request.query.zone }}',
          },
        ],
      },
      proxy: true,
      password: { user_data: 'P' },
    };

    expect(fillFields(job(fields), values)).toEqual({
      description: 'a-job: b, 754 bytes, 2026-01-31, 2026-01-31T23:30:00.000Z',
      backup_files: { files: [{ file_name: 'today-3-true-eu' }] },
      proxy: true,
      password: { user_data: 'P' },
    });
  });

  it('does not expand inserted values', () => {
    const fields = { a: '{{ object.key }}', b: '{{ object.name }}{{ object.name }}' };

    expect(fillFields(job(fields), values)).toEqual({ a: 'a/{{ job }}.rdb', b: '{{ job }}.rdb{{ job }}.rdb' });
  });

  it('inserts $ patterns literally', () => {
    const key = "$& $1 $' $$";

    expect(
      fillFields(job({ a: '<{{ object.key }}>' }), { ...values, object: { bucket: 'b', key, name: key } }),
    ).toEqual({
      a: "<$& $1 $' $$>",
    });
  });

  it('replaces a whole field by that of the caller, unchanged', () => {
    const fields = { description: '{{ object.version }}', backup_files: { bucket_name: 'b', backup_id: 'x' } };
    const caller = { description: '{{ job }}', backup_files: { backup_id: 'y' } };

    expect(fillFields(job(fields), values, caller)).toEqual({
      description: '{{ job }}',
      backup_files: { backup_id: 'y' },
    });
  });

  it('reports every missing value, fields of the body by their own path', () => {
    const fields = {
      description: '{{ object.version }} {{ request.query.no }}',
      backup_files: { files: [{ file_name: '{{ request.body.file }}' }] },
    };

    expect(() => fillFields(job(fields), values)).toThrow(
      expect.objectContaining({
        name: 'RunError',
        code: 'missing_value',
        problems: [
          { path: ['description'], message: '{{ object.version }} has no value in what started this run' },
          { path: ['description'], message: '{{ request.query.no }} has no value in what started this run' },
          { path: ['file'], message: 'is missing: backup_files.files[0].file_name of the job uses it' },
        ],
      }),
    );
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'does not use the inherited property %s',
    (name) => {
      expect(() => fillFields(job({ a: `{{ request.body.${name} }}` }), values)).toThrow(/missing/);
    },
  );

  it('leaves strings without placeholders unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('{{'));

        expect(fillFields(job({ a: text }), values)).toEqual({ a: text });
      }),
    );
  });

  it('inserts any key once and completely', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        const filled = fillFields(job({ a: 'x{{ object.key }}y' }), {
          ...values,
          object: { bucket: 'b', key, name: key },
        });

        expect(filled).toEqual({ a: `x${key}y` });
      }),
    );
  });
});
