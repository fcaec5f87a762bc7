import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { CloudEvent } from '../../../src/cloud/operation.ts';
import { ACCOUNT, call } from '../caller.ts';

const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:night-shift`;
const NOW = Date.UTC(2026, 0, 31);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let cloud: LocalCloud;
let clock: Clock;
let events: CloudEvent[];

beforeEach(async () => {
  events = [];
  clock = new Clock({ frozenAt: NOW });
  cloud = await startLocalCloud({
    accounts: [ACCOUNT],
    clock,
    topics: [TOPIC],
    onEvent: (event) => events.push(event),
  });
});
afterEach(() => cloud.close());

const ces = (method: string, path: string, body?: unknown, project: string = ACCOUNT.projectId) =>
  call(cloud, method, `/V1.0/${project}/${path}`, body);

const point = (changes: object = {}, metric: object = {}) => ({
  metric: {
    namespace: 'MINE.APP',
    metric_name: 'ticks',
    dimensions: [{ name: 'stage', value: 'prod' }],
    ...metric,
  },
  ttl: 172_800,
  collect_time: clock.now(),
  value: 1,
  unit: 'count',
  type: 'int',
  ...changes,
});
const send = (...points: object[]) => ces('POST', 'metric-data', points);

describe('CreateMetricData', () => {
  it('stores values, which ShowMetricData aggregates by period', async () => {
    const at = (minutes: number, value: number) => point({ collect_time: NOW + minutes * MINUTE, value });
    expect(await send(at(0, 1), at(1, 3), at(6, 5))).toMatchObject({ status: 201, text: '' });

    const query = `namespace=MINE.APP&metric_name=ticks&dim.0=stage%2Cprod&from=${NOW}&to=${NOW + 10 * MINUTE}`;
    expect((await ces('GET', `metric-data?${query}&period=300&filter=sum`)).json).toEqual({
      metric_name: 'ticks',
      datapoints: [
        { sum: 4, timestamp: NOW, unit: 'count' },
        { sum: 5, timestamp: NOW + 5 * MINUTE, unit: 'count' },
      ],
    });
    expect((await ces('GET', `metric-data?${query}&period=1&filter=max`)).json).toMatchObject({
      datapoints: [{ max: 1 }, { max: 3 }, { max: 5 }],
    });
  });

  it.each<[string, object, object]>([
    ['the oldest time', { collect_time: NOW - 72 * HOUR }, {}],
    ['the latest time', { collect_time: NOW + 10 * MINUTE }, {}],
    ['the longest ttl', { ttl: 604_800 }, {}],
    ['three dimensions', {}, { dimensions: ['a', 'b', 'c'].map((name) => ({ name, value: '1' })) }],
    ['a namespace of 32 characters', {}, { namespace: `MINE.${'A'.repeat(27)}` }],
  ])('accepts %s', async (_name, changes, metric) => {
    expect((await send(point(changes, metric))).status).toBe(201);
  });

  it.each<[string, object, object]>([
    ['a time before the last three days', { collect_time: NOW - 72 * HOUR - 1 }, {}],
    ['a time after the next ten minutes', { collect_time: NOW + 10 * MINUTE + 1 }, {}],
    ['a longer ttl', { ttl: 604_801 }, {}],
    ['no ttl', { ttl: undefined }, {}],
    ['a value that is not a number', { value: '1' }, {}],
    ['an unknown type', { type: 'text' }, {}],
    ['an unknown field', { tags: [] }, {}],
    ['four dimensions', {}, { dimensions: ['a', 'b', 'c', 'd'].map((name) => ({ name, value: '1' })) }],
    ['no dimension', {}, { dimensions: [] }],
    ["a dimension's value with a dot", {}, { dimensions: [{ name: 'stage', value: 'a.b' }] }],
    ['a namespace of 33 characters', {}, { namespace: `MINE.${'A'.repeat(28)}` }],
    ['a namespace without a dot', {}, { namespace: 'MINE' }],
  ])('refuses %s, in the format of V1', async (_name, changes, metric) => {
    expect(await send(point(changes, metric))).toMatchObject({
      status: 400,
      json: { http_code: '400', message: { code: 'ces.0014', details: expect.any(String) } },
    });
  });

  it('refuses metrics of the cloud, another project, an object instead of a list, and more than 512 KB', async () => {
    expect(await send(point({}, { namespace: 'SYS.ECS' }))).toMatchObject({
      status: 403,
      json: { http_code: '403', message: { code: 'ces.0009' } },
    });
    expect(await ces('POST', 'metric-data', [point()], 'f'.repeat(32))).toMatchObject({
      status: 403,
      json: { http_code: '403', message: { code: '403' } },
    });
    expect(await ces('POST', 'metric-data', point())).toMatchObject({ status: 400, json: { http_code: '400' } });
    expect((await ces('POST', 'metric-data', JSON.stringify([point()]).padEnd(524_288))).status).toBe(201);
    expect((await ces('POST', 'metric-data', JSON.stringify([point()]).padEnd(524_289))).status).toBe(413);
  });

  it('drops values when their ttl is over, and ListMetrics the metrics without any', async () => {
    await send(point({ ttl: 60 }), point({ ttl: 3_600 }, { metric_name: 'runs' }));
    const names = async () => (await ces('GET', 'metrics?namespace=MINE.APP&order=asc')).json['metrics'];
    expect(await names()).toMatchObject([{ metric_name: 'runs' }, { metric_name: 'ticks' }]);

    clock.advance(MINUTE);

    expect(await names()).toMatchObject([{ metric_name: 'runs', dimensions: [{ name: 'stage', value: 'prod' }] }]);
  });
});

const event = (changes: object = {}, detail: object = {}) => ({
  event_name: 'run_parked',
  event_source: 'MINE.APP',
  time: clock.now(),
  detail: {
    content: 'a person has to decide',
    resource_id: 'run-1',
    event_state: 'incident',
    event_level: 'Major',
    event_type: 'EVENT.CUSTOM',
    ...detail,
  },
  ...changes,
});

describe('CreateEvents', () => {
  it('keeps equal events as one, whatever their content, and lists them by name', async () => {
    const first = await ces('POST', 'events', [event()]);
    const again = await ces('POST', 'events', [
      event({}, { content: 'other words' }),
      event({}, { resource_id: 'run-2' }),
    ]);

    expect(first.status).toBe(201);
    const [kept] = JSON.parse(first.text) as { event_id: string; event_name: string }[];
    expect(kept).toEqual({ event_id: expect.stringMatching(/^ev[0-9a-f]{22}$/), event_name: 'run_parked' });
    expect(JSON.parse(again.text)[0]).toEqual(kept);
    expect((await ces('GET', 'events?event_type=EVENT.CUSTOM')).json).toMatchObject({
      events: [{ event_name: 'run_parked', event_count: 2, latest_occur_time: NOW, latest_event_source: 'MINE.APP' }],
      meta_data: { total: 1 },
    });
    expect(events.map(({ kind, name, message }) => [kind, name, message])).toEqual([
      ['event_reported', 'run_parked', 'a person has to decide'],
      ['event_reported', 'run_parked', 'a person has to decide'],
    ]);
  });

  it('accepts 100 events, and content of 4,096 characters', async () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      event({}, { resource_id: `run-${i}`, content: 'x'.repeat(4096) }),
    );

    expect((await ces('POST', 'events', many)).status).toBe(201);
  });

  it.each<[string, () => object[]]>([
    ['101 events', () => Array.from({ length: 101 }, () => event())],
    ['no event', () => []],
    ['more than an hour ago', () => [event({ time: NOW - HOUR + 19_999 })]],
    ['more than ten minutes ahead', () => [event({ time: NOW + 10 * MINUTE - 19_999 })]],
    ['content of 4,097 characters', () => [event({}, { content: 'x'.repeat(4097) })]],
    ['a name with a dot', () => [event({ event_name: 'run.parked' })]],
    ['a source with a part of two letters', () => [event({ event_source: 'MY.APP' })]],
    ['no level', () => [event({}, { event_level: undefined })]],
    ['an unknown field', () => [event({ level: 'Major' })]],
  ])('refuses %s', async (_name, bodies) => {
    expect(await ces('POST', 'events', bodies())).toMatchObject({
      status: 400,
      json: { message: { code: 'ces.0014' } },
    });
    expect((await ces('GET', 'events')).json).toMatchObject({ events: [] });
  });
});

const rule = (changes: object = {}, condition: object = {}) => ({
  alarm_name: 'ticks',
  metric: { namespace: 'MINE.APP', metric_name: 'ticks', dimensions: [{ name: 'stage', value: 'prod' }] },
  condition: { period: 300, filter: 'sum', comparison_operator: '>=', value: 2, count: 2, ...condition },
  alarm_actions: [{ type: 'notification', notificationList: [TOPIC] }],
  ok_actions: [{ type: 'notification', notificationList: [TOPIC] }],
  insufficientdata_actions: [{ type: 'notification', notificationList: [TOPIC] }],
  ...changes,
});
const subjects = () => cloud.messages().map(({ subject }) => subject);

describe('an alarm rule', () => {
  it('is created, listed, shown and deleted', async () => {
    const { status, json } = await ces('POST', 'alarms', rule());
    const id = String(json['alarm_id']);

    expect(status).toBe(201);
    expect(id).toMatch(/^al[0-9a-f]{22}$/);
    expect((await ces('GET', 'alarms')).json).toMatchObject({
      metric_alarms: [{ alarm_id: id, alarm_name: 'ticks', alarm_state: 'ok', alarm_enabled: true, alarm_level: 2 }],
      meta_data: { count: 1, total: 1 },
    });
    expect((await ces('DELETE', `alarms/${id}`)).status).toBe(204);
    expect(await ces('GET', `alarms/${id}`)).toMatchObject({ status: 404, json: { message: { code: 'ces.0016' } } });
    expect((await ces('DELETE', `alarms/${id}`)).status).toBe(404);
  });

  it.each<[string, object, object]>([
    ['a period that does not exist', {}, { period: 600 }],
    ['an unknown operator', {}, { comparison_operator: '=>' }],
    ['181 periods', {}, { count: 181 }],
    ['no action', { alarm_actions: undefined, ok_actions: undefined, insufficientdata_actions: undefined }, {}],
    ['no action but for missing data', { alarm_actions: undefined, ok_actions: undefined }, {}],
    ['other topics when it is over', { ok_actions: [{ type: 'notification', notificationList: [`${TOPIC}2`] }] }, {}],
    ['an enterprise project that is no id', { enterprise_project_id: 'ours' }, {}],
    ['six topics', { alarm_actions: [{ type: 'notification', notificationList: Array(6).fill(TOPIC) }] }, {}],
    ['a name with a space', { alarm_name: 'a b' }, {}],
  ])('is refused with %s', async (_name, changes, condition) => {
    expect((await ces('POST', 'alarms', rule(changes, condition))).status).toBe(400);
  });

  it('belongs to an enterprise project, the default one if it names none, and is listed by it', async () => {
    const id = '11111111-2222-3333-4444-555555555555';
    await ces('POST', 'alarms', rule({ alarm_name: 'a', enterprise_project_id: id }));
    await ces('POST', 'alarms', rule({ alarm_name: 'b' }));
    const listed = async (query: string) =>
      ((await ces('GET', `alarms?order=asc${query}`)).json['metric_alarms'] as Record<string, unknown>[]).map((row) => [
        row['alarm_name'],
        row['enterprise_project_id'],
      ]);

    expect(await listed('')).toEqual([
      ['a', id],
      ['b', '0'],
    ]);
    expect(await listed('&enterprise_project_id=all_granted_eps')).toHaveLength(2);
    expect(await listed(`&enterprise_project_id=${id}`)).toEqual([['a', id]]);
    expect(await listed('&enterprise_project_id=0')).toEqual([['b', '0']]);
    expect((await ces('GET', 'alarms?enterprise_project_id=ours')).status).toBe(400);
  });

  it('fires once after as many periods in a row, and tells when it is over', async () => {
    await ces('POST', 'alarms', rule());
    const period = async (value: number) => {
      clock.advance(MINUTE);
      await send(point({ value }));
      clock.advance(4 * MINUTE);
    };

    await period(2);
    expect(subjects()).toEqual([]);
    await period(3);
    await period(3);
    expect(subjects()).toEqual(['[Cloud Eye] ticks: alarm']);
    await period(1);
    expect(subjects()).toEqual(['[Cloud Eye] ticks: alarm', '[Cloud Eye] ticks: ok']);
  });

  it('does not check a period without data, and has insufficient data after three hours', async () => {
    await ces('POST', 'alarms', rule({}, { comparison_operator: '<', value: 1, count: 1 }));
    await send(point());

    clock.advance(3 * HOUR - 1);
    expect(subjects()).toEqual([]);
    clock.advance(1);
    clock.advance(HOUR);
    expect(subjects()).toEqual(['[Cloud Eye] ticks: insufficient_data']);

    await send(point());
    clock.advance(5 * MINUTE);
    expect(subjects()).toEqual(['[Cloud Eye] ticks: insufficient_data', '[Cloud Eye] ticks: ok']);
  });

  it('on events fires for each new one, and not for one that was reported before', async () => {
    const metric = { namespace: 'MINE.APP', metric_name: 'run_parked' };
    await ces('POST', 'alarms', rule({ alarm_type: 'EVENT.CUSTOM', metric }, { period: 0, count: 1 }));

    await ces('POST', 'events', [event(), event({ event_name: 'run_stuck' })]);
    await ces('POST', 'events', [event()]);

    expect(subjects()).toEqual(['[Cloud Eye] ticks: alarm']);
  });

  it('without enabled actions changes its state and tells nobody', async () => {
    await ces('POST', 'alarms', rule({ alarm_action_enabled: false }, { count: 1 }));
    await send(point({ value: 9, collect_time: NOW + 1 }));
    clock.advance(5 * MINUTE);

    expect((await ces('GET', 'alarms')).json).toMatchObject({ metric_alarms: [{ alarm_state: 'alarm' }] });
    expect(subjects()).toEqual([]);
  });
});
