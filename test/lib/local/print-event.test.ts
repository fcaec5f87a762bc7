import type { SystemEvent } from '../../../lib/local/local-system.ts';
import { makeEventPrinter } from '../../../lib/local/print-event.ts';

const WAITING = { job: 'a', outcome: 'waiting', reason: { code: 'queued', message: 'r1 has the turn' } };
const CREATED = { job: 'b', outcome: 'created', task: { kind: 'backup_import', id: 't1', name: 'b-1' } };

function makePrinted() {
  const lines: string[] = [];
  const print = makeEventPrinter({
    text: (text) => lines.push(text),
    event: (topic, text, tone = 'plain') => lines.push(`${topic} ${tone}: ${text}`),
  });
  return { lines, print };
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

describe('makeEventPrinter', () => {
  it('tells of progress when it changes, for each run', () => {
    const { lines, print } = makePrinted();

    for (const event of [
      progressed('r1', '1 %'),
      progressed('r1', '1 %'),
      progressed('r2', '1 %'),
      progressed('r1', '2 %'),
    ])
      print(event);

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
    const { lines, print } = makePrinted();
    const message = { id: 'm1', status: 'PUBLISHED', message: 'secret text', topic: 'urn:smn:r:p:people' };

    print({ kind: 'cloud', event: { kind: 'message_published', service: 'SMN', name: subject, ...message } });

    expect(lines).toEqual([`message ${tone}: to people: ${subject}`]);
  });

  it('tells of a run that goes on waiting once, and gives it back at every tick', () => {
    const { lines, print } = makePrinted();

    const given = [ticked({ runs: [WAITING, CREATED] }), ticked({ runs: [WAITING] })].map((event) => print(event));

    expect(lines).toEqual([
      'function plain: reconcile: a: waiting, queued: r1 has the turn',
      'function good: reconcile: b: created backup_import task b-1 (t1)',
    ]);
    expect(given).toEqual([[WAITING, CREATED], [WAITING]]);
  });

  it('tells how many runs wait for a person when that changes', () => {
    const { lines, print } = makePrinted();

    for (const parked of [0, 1, 1, 0, 1]) print(ticked({ runs: [], parked }));

    expect(lines).toEqual([
      'function bad: reconcile: 1 parked runs wait for a person',
      'function bad: reconcile: 1 parked runs wait for a person',
    ]);
  });
});
