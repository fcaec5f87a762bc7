import { loadSmsClient } from '../../lib/cloud/sms/sms-client.ts';
import { ThinSmsClient } from '../../lib/cloud/sms/thin-sms-client.ts';
import { isMissingPackage } from '../../lib/cloud/transport/is-missing-package.ts';
import { smsServiceContract } from './sms-service.ts';

smsServiceContract('SMS over the thin client', async () => ThinSmsClient);

// If the service package is not installed, this is the thin client twice.
smsServiceContract('SMS over the client that is chosen', loadSmsClient);

describe('loadSmsClient', () => {
  it('uses the generated client only if its package is installed', async () => {
    const generated = await import('@huaweicloud/huaweicloud-sdk-sms/v3/public-api.js').catch((error: unknown) => {
      if (isMissingPackage(error, '@huaweicloud/huaweicloud-sdk-sms')) return undefined;
      throw error;
    });

    expect(await loadSmsClient()).toBe(generated ? generated.SmsClient : ThinSmsClient);
  });
});
