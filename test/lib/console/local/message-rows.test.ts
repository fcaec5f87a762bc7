import { MessageRows } from '../../../../lib/console/local/message-rows.ts';
import type { LocalMessage } from '../../../../packages/local-cloud/src/cloud/smn/topics.ts';

const TOPIC = 'urn:smn:ap-southeast-3:0605767a3300d5762fb7c0186d9e1779:migrations';
const message = (n: number): LocalMessage => ({
  id: `m${n}`,
  topicUrn: TOPIC,
  subject: `subject ${n}`,
  message: `line 1\nline ${n}`,
  publishedAt: Date.UTC(2026, 2, 14, 9, 30),
});
const published = { kind: 'message_published', service: 'SMN', id: 'm', name: 's', status: 'PUBLISHED' } as const;
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

describe('MessageRows', () => {
  it('has the newest 200, oldest first, with their whole texts', () => {
    const rows = new MessageRows(() => Array.from({ length: 201 }, (_, n) => message(n))).rows();

    expect(rows).toHaveLength(200);
    expect(rows[0]).toEqual({
      id: 'm1',
      at: '2026-03-14T09:30:00.000Z',
      topic: TOPIC,
      subject: 'subject 1',
      text: 'line 1\nline 1',
    });
  });

  it('reports each new message once, and looks only after one was published', () => {
    const all = [message(1)];
    const rows = new MessageRows(() => all);
    all.push(message(2), message(3));

    expect(rows.refresh()).toEqual([]);
    rows.observe(published);
    expect(ids(rows.refresh())).toEqual(['m2', 'm3']);
    rows.observe(published);
    expect(rows.refresh()).toEqual([]);
  });

  it('reports at most the newest 200 of a storm', () => {
    const all: LocalMessage[] = [];
    const rows = new MessageRows(() => all);
    for (let n = 0; n < 201; n++) all.push(message(n));
    rows.observe(published);

    const fresh = ids(rows.refresh());

    expect([fresh.length, fresh[0]]).toEqual([200, 'm1']);
  });

  it('ignores other events', () => {
    const all: LocalMessage[] = [];
    const rows = new MessageRows(() => all);
    all.push(message(1));
    rows.observe({ ...published, kind: 'task_changed' });

    expect(rows.refresh()).toEqual([]);
  });
});
