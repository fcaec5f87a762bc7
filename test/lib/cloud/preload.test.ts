import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildForTest } from '../../fixtures/built-functions.ts';

const IMPORT = `
  import:
    on: { object_created: { bucket: backups, key: "**/*.rdb" } }
    backup_import: { target_instance: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 } }`;
const MOVE = `
  move:
    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }`;
const jobsFile = (jobs: string, ledger = '') => `version: 1\nregion: ap-southeast-3\n${ledger}jobs:${jobs}\n`;

/** Runs the initializer in its own process, without keys: the bundle files that it loaded, and the arguments of its callback. */
function initialized(folder: string, jobs: string): { readonly files: string[]; readonly called: unknown[] } {
  const program = `
    const { initializer } = require(${JSON.stringify(folder)});
    initializer({ getUserData: (name) => ({ MIGRATIONS_FILE: ${JSON.stringify(jobs)} })[name] }, (...called) => {
      const files = Object.keys(require.cache).map((file) => require('node:path').basename(file));
      process.stdout.write('\\n' + JSON.stringify({ files, called }));
    });`;
  const printed = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  return JSON.parse(printed.split('\n').at(-1) ?? '');
}

describe('the initializer', () => {
  let built: Awaited<ReturnType<typeof buildForTest>>;
  let folder = '';
  let scratch = '';

  beforeAll(async () => {
    built = await buildForTest(jobsFile(MOVE));
    folder = built.folderOf('backup-landed');
    scratch = await mkdtemp(join(tmpdir(), 'preload-'));
  });
  afterAll(async () => {
    await built.remove();
    await rm(scratch, { recursive: true });
  });

  const initializedWith = async (text: string, code = folder) => {
    const file = join(scratch, `${(await readdir(scratch)).length}.yml`);
    await writeFile(file, text);
    return initialized(code, file);
  };

  it.each([
    ['imports', jobsFile(IMPORT), true],
    ['a ledger', jobsFile(MOVE, 'ledger: { obs: { bucket: ops-ledger, prefix: m/ } }\n'), true],
    ['neither', jobsFile(MOVE), false],
  ])('loads the OBS SDK before the first event if a file with %s needs it', async (_, text, isLoaded) => {
    const { files, called } = await initializedWith(text);

    expect(files.includes('esdk-obs-nodejs.js')).toBe(isLoaded);
    expect(called).toEqual([null, '']);
  });

  it('does not fail for an invalid jobs file, which is reported for each event', async () => {
    const { files, called } = await initializedWith('version: 2');

    expect(files).not.toContain('esdk-obs-nodejs.js');
    expect(called).toEqual([null, '']);
  });

  it('does not fail when something cannot be loaded, which is reported for the run that needs it', async () => {
    const without = join(scratch, 'without-sdk');
    await cp(folder, without, { recursive: true });
    await rm(join(without, 'esdk-obs-nodejs.js'));

    expect((await initializedWith(jobsFile(IMPORT), without)).called).toEqual([null, '']);
  });
});
