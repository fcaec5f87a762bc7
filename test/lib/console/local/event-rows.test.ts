import { EventRows } from '../../../../lib/console/local/event-rows.ts';

describe('EventRows', () => {
  it('keeps the newest five hundred, oldest first, and counts them all', () => {
    const rows = new EventRows(() => new Date(Date.UTC(2026, 2, 14)));

    for (let n = 1; n <= 1_234; n++) rows.add({ topic: 'object', text: `event ${n}`, tone: 'plain' });

    expect(rows.rows()).toHaveLength(500);
    expect(rows.rows()[0]).toEqual({
      id: 735,
      at: '2026-03-14T00:00:00.000Z',
      topic: 'object',
      text: 'event 735',
      tone: 'plain',
    });
    expect(rows.rows().at(-1)).toMatchObject({ id: 1_234 });
  });
});
