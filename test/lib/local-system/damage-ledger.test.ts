import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { damageLedger } from '../../../lib/local-system/damage-ledger.ts';
import type { LedgerStore } from '../../../lib/ports/ledger-store.ts';
import { makeFolderStore } from '../../../lib/runs/ledger/folder-store.ts';

let home: string;
let store: LedgerStore;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'damaged-'));
  store = makeFolderStore(path.join(home, 'ledger'));
  for (const name of ['runs/j/a', 'runs/j/b', 'runs/k/c']) await store.append(name, 0, '{}\n');
});
afterEach(() => rm(home, { recursive: true }));

describe('damageLedger', () => {
  it('appends what is no record to the list that was written last, of those with the prefix', async () => {
    const { position } = await store.read('runs/j/a');
    await store.append('runs/j/a', position, '{}\n');

    expect(await damageLedger(home, 'runs/j/')).toBe('runs/j/a');

    expect((await store.read('runs/j/a')).text).toBe('{}\n{}\nno record\n');
    expect((await store.read('runs/j/b')).text).toBe('{}\n');
  });

  it('refuses a prefix that no list has', async () => {
    await expect(damageLedger(home, 'runs/x/')).rejects.toThrow(
      'damage runs/x/: no list in the ledger has a name that begins with this',
    );
  });
});
