import fc from 'fast-check';
import type { ObjectTrigger } from '../../../../lib/events/trigger.ts';
import { compactSet, foldSet, type SetRecord } from '../../../../lib/runs/ledger/set-log.ts';

const trigger = (marker: string): ObjectTrigger => ({
  kind: 'object',
  created: true,
  eventName: 'a complete set',
  bucket: 'b',
  key: 'p/',
  set: { name: 'p', marker, members: [] },
  time: '2026-03-14T12:00:00Z',
  warnings: [],
});

const object = fc.record({
  key: fc.constantFrom('p/a', 'p/b', 'p/c'),
  version: fc.constantFrom('v1', 'v2', 'v3'),
  time: fc.constantFrom('2026-03-14T12:00:00Z', '2026-03-14T12:00:01Z'),
});

/** Records of a set in an order that can happen. */
const records = fc
  .array(
    fc.tuple(
      fc.constantFrom('member', 'marker', 'late', 'bad', 'complete', 'started', 'incomplete', 'notified'),
      object,
    ),
    {
      maxLength: 40,
    },
  )
  .map((steps): SetRecord[] => {
    const written: SetRecord[] = [];
    for (const [i, [type, landed]] of steps.entries()) {
      const { marker, toStart, incomplete } = foldSet(written);
      const stamp = { id: `r${i}`, at: 1_000 + i, by: 'one' };
      if (type === 'member' || type === 'marker' || type === 'late') written.push({ ...stamp, type, ...landed });
      if (type === 'bad' && marker) written.push({ ...stamp, type: 'bad_manifest', version: marker.version, why: 'x' });
      if (type === 'complete' && marker) written.push({ ...stamp, type, trigger: trigger(marker.version) });
      if (type === 'started' && toStart) written.push({ ...stamp, type });
      if (type === 'incomplete' && !incomplete) written.push({ ...stamp, type, why: 'y' });
      if (type === 'notified') written.push({ ...stamp, type, report: landed.version, messageId: 'm' });
    }
    return written;
  });

function said(all: readonly SetRecord[]): unknown {
  const { members, complete, notified, known: _known, lastAt: _lastAt, ...state } = foldSet(all);
  return { ...state, members: new Map([...members].sort()), last: complete.at(-1), notified };
}

describe('compactSet', () => {
  it('says the same of a set as all of its records', () => {
    fc.assert(
      fc.property(records, (all) => {
        expect(said(compactSet(all))).toEqual(said(all));
        expect(said(compactSet(compactSet(all)))).toEqual(said(all));
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not grow with what is replaced', () => {
    const all = Array.from({ length: 3_000 }, (_, i): SetRecord => {
      const version = `v${i}`;
      return { id: `r${i}`, at: i, by: 'one', type: 'member', key: 'p/a', version, time: '2026-03-14T12:00:00Z' };
    });

    expect(compactSet(all).map(({ id, type, at }) => [id, type, at])).toEqual([
      ['r2999', 'member', 2_999],
      ['r0', 'opened', 0],
    ]);
  });
});
