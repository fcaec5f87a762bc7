import type { SmnService } from '../../../lib/ports/smn.ts';

export interface SmnTopicSubject {
  readonly smn: SmnService;
  readonly topic: string;
  /** What was published, oldest first. */
  readonly published: () => readonly { readonly subject: string; readonly message: string }[];
}

/** What a topic of SMN does, in the cloud and in its fakes. */
export function smnTopicPort(name: string, make: () => Promise<SmnTopicSubject>): void {
  describe(name, () => {
    let subject: SmnTopicSubject;
    beforeEach(async () => {
      subject = await make();
    });

    it('keeps each published message, with its own id', async () => {
      const { smn, topic, published } = subject;

      const ids = [await smn.publish(topic, 'restored', 'all good'), await smn.publish(topic, 'restored', 'all good')];

      expect(new Set(ids).size).toBe(2);
      expect(published()).toMatchObject([
        { subject: 'restored', message: 'all good' },
        { subject: 'restored', message: 'all good' },
      ]);
    });

    it('accepts a subject of 512 bytes and a message of 256 KB', async () => {
      const { smn, topic, published } = subject;

      await smn.publish(topic, 'é'.repeat(256), 'x'.repeat(262_144));

      expect(published()).toHaveLength(1);
    });

    it.each([
      ['a subject of 513 bytes', { subject: `${'é'.repeat(256)}x` }],
      ['a message above 256 KB', { message: 'x'.repeat(262_145) }],
      ['an invalid topic', { topic: 'urn:smn:cn-south-1:../topics:migrations' }],
    ])('publishes nothing with %s', async (_, changes) => {
      const given = { topic: subject.topic, subject: 's', message: 'm', ...changes };

      await expect(subject.smn.publish(given.topic, given.subject, given.message)).rejects.toMatchObject({
        name: 'CloudError',
        outcome: 'not_sent',
        temporary: false,
        cloudCode: 'bad_message',
      });
      expect(subject.published()).toEqual([]);
    });
  });
}
