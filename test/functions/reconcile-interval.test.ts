import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handler as reconcile } from '../../functions/reconcile.ts';
import { readControl } from '../../lib/runs/ledger/control.ts';
import { makeFolderStore } from '../../lib/runs/ledger/folder-store.ts';
import { makeLedger } from '../../lib/runs/ledger/ledger.ts';
import { fakePlatform } from '../fakes/platform-context.ts';

const JOBS = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: m/ } }
targets: { cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, password: { user_data: PASSWORD } } }
jobs:
  restore:
    on: { object_created: { bucket: backups, key: "*.rdb" } }
    backup_import: { target_instance: cache }
`;

let folder: string;
beforeEach(async () => {
  jest.spyOn(console, 'log').mockReturnValue();
  folder = await mkdtemp(join(tmpdir(), 'interval-'));
  await writeFile(join(folder, 'migrations.yml'), JOBS);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(folder, { recursive: true });
});

describe('the heartbeat of reconcile', () => {
  it.each([
    [{}, undefined],
    [{ RECONCILE_EVERY: '5m' }, undefined],
    [{ RECONCILE_EVERY: '1h' }, 3_600_000],
  ])('with %j names the interval %s, for all who read it', async (settings, every) => {
    const ledgerFolder = join(folder, 'ledger');
    const userData = {
      MIGRATIONS_FILE: join(folder, 'migrations.yml'),
      MIGRATIONS_LEDGER_FOLDER: ledgerFolder,
      PASSWORD: 'secret-of-the-cache',
      ...settings,
    };

    await reconcile({ trigger_type: 'TIMER' }, fakePlatform({ userData }));

    const { beat } = await readControl(makeLedger(makeFolderStore(ledgerFolder), 'anna', Date.now));
    expect(beat?.at).toBeGreaterThan(0);
    expect(beat?.every).toBe(every);
  });
});
