import type { SmsServers } from '../../../lib/ports/sms.ts';
import { ABSENT } from './absent-id.ts';
import { refusesBadIds } from './refuses-bad-ids.ts';

export interface SmsServersSubject {
  readonly sms: SmsServers;
  /** A source server called `web`, and a template of one disk of 40 GB. */
  readonly source: string;
  readonly template: string;
}

/** What source servers and templates of SMS do, in the cloud and in its fakes. */
export function smsServersPort(name: string, make: () => Promise<SmsServersSubject>): void {
  describe(name, () => {
    let subject: SmsServersSubject;
    let sms: SmsServers;
    beforeEach(async () => {
      subject = await make();
      ({ sms } = subject);
    });

    it('shows a source server', async () => {
      await expect(sms.showServer(subject.source)).resolves.toMatchObject({ id: subject.source, name: 'web' });
    });

    it('shows a template', async () => {
      await expect(sms.showTemplate(subject.template)).resolves.toMatchObject({
        id: subject.template,
        disks: [{ sizeGb: 40 }],
      });
    });

    it('finds no missing server or template', async () => {
      await expect(sms.showServer(ABSENT)).resolves.toBeUndefined();
      await expect(sms.showTemplate(ABSENT)).resolves.toBeUndefined();
    });

    refusesBadIds('ShowServer', (id) => sms.showServer(id));
    refusesBadIds('ShowTemplate', (id) => sms.showTemplate(id));
  });
}
