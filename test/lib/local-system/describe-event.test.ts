import { makeEventDescriber } from '../../../lib/local-system/describe-event.ts';
import type { SystemEvent } from '../../../lib/local-system/local-system.ts';

const WAITING = { job: 'a', outcome: 'waiting', reason: { code: 'queued', message: 'r1 has the turn' } };
const CREATED = { job: 'b', outcome: 'created', task: { kind: 'backup_import', id: 't1', name: 'b-1' } };

/** The lines of events that come one after the other, and the runs of each. */
function describeAll(...events: SystemEvent[]) {
  const describe = makeEventDescriber();
  const described = events.map((event) => describe(event));
  return {
    lines: described.flatMap(({ lines }) => lines.map(({ topic, tone, text }) => `${topic} ${tone}: ${text}`)),
    runs: described.map(({ runs }) => runs),
  };
}

const ticked = (value: unknown): SystemEvent => ({
  kind: 'result',
  functionName: 'reconcile',
  attempt: 1,
  result: { ok: true, requestId: 'q1', payload: JSON.stringify(value), memoryBytes: 0 } as never,
});
const progressed = (run: string, text: string): SystemEvent => ({
  kind: 'progress',
  progress: { job: 'move', run, status: 'RUNNING', text },
});

describe('makeEventDescriber', () => {
  it('reports progress when it changes, for each run', () => {
    const { lines } = describeAll(
      progressed('r1', '1 %'),
      progressed('r1', '1 %'),
      progressed('r2', '1 %'),
      progressed('r1', '2 %'),
    );

    expect(lines).toEqual([
      'progress plain: move: RUNNING, 1 %',
      'progress plain: move: RUNNING, 1 %',
      'progress plain: move: RUNNING, 2 %',
    ]);
  });

  it.each([
    ['move: online migration has succeeded: x', 'good'],
    ['move: online migration has failed: x', 'bad'],
    ['move: online migration has started: x', 'plain'],
  ])('names topic and subject of a message: %s', (subject, tone) => {
    const message = { id: 'm1', status: 'PUBLISHED', message: 'secret text', topic: 'urn:smn:r:p:people' };

    const { lines } = describeAll({
      kind: 'cloud',
      event: { kind: 'message_published', service: 'SMN', name: subject, ...message },
    });

    expect(lines).toEqual([`message ${tone}: to people: ${subject}`]);
  });

  it('reports a waiting run once, and returns it at every tick', () => {
    const { lines, runs } = describeAll(ticked({ runs: [WAITING, CREATED] }), ticked({ runs: [WAITING] }));

    expect(lines).toEqual([
      'function plain: reconcile: a: waiting, queued: r1 has the turn',
      'function good: reconcile: b: created backup_import task b-1 (t1)',
    ]);
    expect(runs).toEqual([[WAITING, CREATED], [WAITING]]);
  });

  it('shows what Cloud Eye was told', () => {
    const told = (status: string) => ({
      kind: 'cloud' as const,
      event: {
        kind: 'event_reported' as const,
        service: 'CES' as const,
        id: 'ev1',
        name: 'run_parked',
        status,
        message: 'parked: a person has to decide',
      },
    });

    expect(describeAll(told('incident'), told('warning')).lines).toEqual([
      'cloud eye bad: run_parked: parked: a person has to decide',
      'cloud eye plain: run_parked: parked: a person has to decide',
    ]);
  });

  it('shows when an alarm rule changes its state', () => {
    const changed = (status: string) => ({
      kind: 'cloud' as const,
      event: { kind: 'alarm_changed' as const, service: 'CES' as const, id: 'al1', name: 'no-tick', status },
    });

    expect(describeAll(changed('insufficient_data'), changed('ok')).lines).toEqual([
      'cloud eye bad: alarm rule no-tick is insufficient_data',
      'cloud eye good: alarm rule no-tick is ok',
    ]);
  });

  it('reports how many runs wait for a person when that changes', () => {
    const { lines } = describeAll(...[0, 1, 1, 0, 1].map((parked) => ticked({ runs: [], parked })));

    expect(lines).toEqual([
      'function bad: reconcile: 1 parked runs wait for an operator',
      'function bad: reconcile: 1 parked runs wait for an operator',
    ]);
  });

  it.each([
    [{ runs: [], left: 0 }, 'webhook: no run'],
    [{ title: 'Not found', detail: 'there is nothing here' }, 'webhook: no run: there is nothing here'],
  ])('only shows the problem of a gateway response without a run: %j', (body, text) => {
    const payload = JSON.stringify({ statusCode: 200, headers: { 'x-request-id': 'q1' }, body: JSON.stringify(body) });
    const { lines } = describeAll({
      kind: 'result',
      functionName: 'webhook',
      attempt: 1,
      result: { ok: true, requestId: 'q1', payload, memoryBytes: 0 } as never,
    });

    expect(lines).toEqual([`function plain: ${text}`]);
  });

  it('names the run of a line, if the event has one', () => {
    const describe = makeEventDescriber();

    const { lines } = describe(ticked({ runs: [{ ...CREATED, run: 'f00d' }] }));
    const other = describe({ kind: 'request', method: 'GET', path: '/health', status: 200 });

    expect(lines).toMatchObject([{ job: 'b', run: 'f00d' }]);
    expect(other.lines).toEqual([{ topic: 'request', text: 'GET /health returned 200', tone: 'plain' }]);
  });
});
