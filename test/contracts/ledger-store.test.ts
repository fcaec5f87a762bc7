import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolderStore } from '../../lib/runs/ledger/folder-store.ts';
import { makeMemoryStore } from '../../lib/runs/ledger/memory-store.ts';
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
