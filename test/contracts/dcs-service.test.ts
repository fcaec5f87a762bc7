import { loadDcsClient } from '../../lib/cloud/dcs/dcs-client.ts';
import { ThinDcsClient } from '../../lib/cloud/dcs/thin-dcs-client.ts';
import { isMissingPackage } from '../../lib/cloud/transport/is-missing-package.ts';
import { dcsServiceContract } from './dcs-service.ts';

dcsServiceContract('DCS over the thin client', async () => ThinDcsClient);

// If the service package is not installed, this is the thin client twice.
dcsServiceContract('DCS over the client that is chosen', loadDcsClient);

describe('loadDcsClient', () => {
  it('uses the generated client only if its package is installed', async () => {
    const generated = await import('@huaweicloud/huaweicloud-sdk-dcs/v2/public-api.js').catch((error: unknown) => {
      if (isMissingPackage(error, '@huaweicloud/huaweicloud-sdk-dcs')) return undefined;
      throw error;
    });

    expect(await loadDcsClient()).toBe(generated ? generated.DcsClient : ThinDcsClient);
  });
});
