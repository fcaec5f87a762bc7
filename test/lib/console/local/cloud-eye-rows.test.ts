import { CloudEyeRows, type CloudEyeSource } from '../../../../lib/console/local/cloud-eye-rows.ts';

type Alarm = ReturnType<CloudEyeSource['alarms']>[number];
type Event = ReturnType<CloudEyeSource['events']>[number];

const NOW = Date.UTC(2026, 2, 14, 9, 30);
const rule = (state: Alarm['state'], body: Partial<Alarm['body']> = {}): Alarm => ({
  id: 'al1',
  project: 'p',
  createdAt: NOW,
  state,
  changedAt: NOW,
  body: {
    alarm_name: 'no-tick',
    metric: { namespace: 'MIGRATIONS.PROD', metric_name: 'ticks', dimensions: [{ name: 'stage', value: 'prod' }] },
    condition: { period: 300, filter: 'sum', comparison_operator: '<', value: 1, count: 3 },
    ...body,
  },
});
const event = (n: number): Event => ({
  id: `ev${n}`,
  event_name: 'run_parked',
  event_source: 'MIGRATIONS.PROD',
  time: NOW + n,
  detail: { content: `text ${n}`, event_state: 'warning', event_level: 'Major', resource_name: 'restore-staging' },
});

function watched(parts: Partial<{ alarms: Alarm[]; events: Event[] }> = {}) {
  const has = { alarms: [rule('ok')], events: [event(1)], ...parts };
  const clock = { now: NOW };
  const points = [
    { at: NOW - 1, value: 1 },
    { at: NOW, value: 7 },
  ];
  const metric = { namespace: 'MIGRATIONS.PROD', name: 'runs_open', dimensions: [{ name: 'stage', value: 'prod' }] };
  const source: CloudEyeSource = {
    alarms: () => has.alarms,
    metrics: () => [{ ...metric, unit: 'Count', points }],
    events: () => has.events,
  };
  return { has, clock, points, rows: new CloudEyeRows(source, () => clock.now) };
}

describe('CloudEyeRows', () => {
  it('has rules with what they watch, when they fire and their state; last values; and events', () => {
    expect(watched().rows.info()).toEqual({
      alarms: [
        {
          id: 'al1',
          name: 'no-tick',
          watches: 'MIGRATIONS.PROD ticks stage=prod',
          condition: 'sum of 300 s < 1, 3 times in a row',
          state: 'ok',
          changed_at: '2026-03-14T09:30:00.000Z',
        },
      ],
      metrics: [
        { name: 'MIGRATIONS.PROD runs_open stage=prod', value: 7, unit: 'Count', at: '2026-03-14T09:30:00.000Z' },
      ],
      events: [
        {
          id: 'ev1',
          at: '2026-03-14T09:30:00.001Z',
          name: 'run_parked',
          level: 'Major',
          resource: 'restore-staging',
          content: 'text 1',
        },
      ],
    });
  });

  it.each([
    [{ alarm_type: 'EVENT.CUSTOM' as const }, 1, 'each event'],
    [{ alarm_type: 'EVENT.CUSTOM' as const }, 5, '5 events'],
    [{}, 1, 'sum of 300 s < 1, once'],
  ])('says of a rule with %j and count %i: %s', (body, count, said) => {
    const { condition } = rule('ok').body;
    const { rows } = watched({ alarms: [rule('ok', { ...body, condition: { ...condition, count } })] });

    expect(rows.info().alarms[0]?.condition).toBe(said);
  });

  it('has the newest 50 events, newest first', () => {
    const { events } = watched({ events: Array.from({ length: 51 }, (_, n) => event(n)) }).rows.info();

    expect([events.length, events[0]?.id, events.at(-1)?.id]).toEqual([50, 'ev50', 'ev1']);
  });

  it('reports all of it when something has changed, at most once a second', () => {
    const { has, clock, rows } = watched();
    expect(rows.refresh()).toMatchObject({ alarms: [{ state: 'ok' }] });
    clock.now += 1_000;
    expect(rows.refresh()).toBeUndefined();

    has.alarms = [rule('alarm')];
    expect(rows.refresh()).toBeUndefined();
    clock.now += 999;
    expect(rows.refresh()).toBeUndefined();
    clock.now += 1;
    expect(rows.refresh()).toMatchObject({ alarms: [{ state: 'alarm' }] });
  });
});
