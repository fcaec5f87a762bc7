import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeObsLedgerStore } from '../../lib/cloud/obs/obs-ledger-store.ts';
import { makeFolderStore } from '../../lib/runs/ledger/folder-store.ts';
import { type LocalCloud, startLocalCloud } from '../../packages/local-cloud/src/cloud/local-cloud.ts';
import { makeMemoryStore } from '../fakes/memory-store.ts';
import { ledgerStoreContract } from './ledger-store.ts';

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

ledgerStoreContract('memory ledger store', async () => makeMemoryStore());

ledgerStoreContract('folder ledger store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  folders.push(folder);
  return makeFolderStore(folder);
});

describe('over OBS', () => {
  const keys = { accessKey: 'LOCALAK', secretKey: 'local-secret', securityToken: 'local-token' };
  const account = {
    ...keys,
    projectId: '0123456789abcdef0123456789abcdef',
    domainId: 'fedcba9876543210fedcba9876543210',
  };
  let cloud: LocalCloud;
  let made = 0;

  beforeAll(async () => {
    cloud = await startLocalCloud({ accounts: [account], obs: { buckets: [{ name: 'ops-ledger' }] } });
  });

  afterAll(() => cloud.close());

  ledgerStoreContract('OBS ledger store', async () => {
    made += 1;
    return makeObsLedgerStore({
      endpoint: cloud.obsUrl,
      bucket: 'ops-ledger',
      prefix: `migrations-${made}/`,
      credentials: keys,
      remainingMs: () => 60_000,
    });
  });
});
