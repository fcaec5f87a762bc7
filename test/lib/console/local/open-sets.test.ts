import { Readable } from 'node:stream';
import { type ConsoleSystem, startConsoleSystem, Watcher } from '../../../fixtures/console-system.ts';

const JOBS = `
version: 1
region: ap-southeast-3
targets:
  cluster: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
jobs:
  import-set:
    on: { object_created: { bucket: backups, key: "prod/**/*.rdb", set: { by: "prod/{set}/", complete: { marker: _SUCCESS } } } }
    backup_import: { target_instance: cluster }
`;

jest.setTimeout(60_000);

describe('the console with an open set', () => {
  let here: ConsoleSystem;
  let watcher: Watcher | undefined;
  beforeAll(async () => {
    here = await startConsoleSystem(JOBS);
  }, 120_000);
  afterAll(async () => {
    watcher?.close();
    await here?.close();
  });

  const put = (key: string) =>
    here.system.cloud.obs.put('backups', key, Readable.from([Buffer.from('x')]), {
      contentType: 'application/octet-stream',
      metadata: {},
    });

  it('shows its files, what it waits for, and what may have been meant as its marker', async () => {
    watcher = await Watcher.open(here.console.url);
    expect((await watcher.next('snapshot')).sets).toEqual([]);

    await put('prod/day-1/_success');
    await put('prod/day-1/a.rdb');

    const [set] = await watcher.next('sets', (sets) => sets[0]?.hints.length === 1);
    expect(set).toMatchObject({
      job: 'import-set',
      bucket: 'backups',
      prefix: 'prod/day-1/',
      state: 'waiting',
      files: 1,
      message: '1 file found, but _SUCCESS is missing',
      hints: ['prod/day-1/_success is not the marker _SUCCESS: the name must match exactly'],
    });
  });
});
