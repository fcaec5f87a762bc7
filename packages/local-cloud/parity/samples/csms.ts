import type { Samples } from '../sample.ts';
import { STORED_SECRET } from '../seed.ts';

const params = { secret_name: STORED_SECRET };

export const CSMS_SAMPLES: Samples = {
  CreateSecret: [
    () => ({ body: { name: 'cache-password', secret_string: 'a-secret' }, values: { name: 'cache-2' } }),
    () => ({ body: { name: 'cache-password', secret_binary: 'YS1zZWNyZXQ=' }, values: { name: 'cache-2' } }),
  ],
  CreateSecretVersion: [
    () => ({ params, body: { secret_string: 'a-secret' } }),
    () => ({ params, body: { secret_binary: 'YS1zZWNyZXQ=' } }),
  ],
  DeleteSecret: () => ({ params }),
  ListSecretVersions: () => ({ params, values: { marker: 'v1' } }),
  ListSecrets: () => ({ values: { marker: STORED_SECRET, limit: '10' } }),
  ShowSecret: () => ({ params }),
  ShowSecretStage: () => ({ params: { ...params, stage_name: 'SYSCURRENT' } }),
  ShowSecretVersion: () => ({ params: { ...params, version_id: 'latest' } }),
};
