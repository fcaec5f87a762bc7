import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { writeFiles } from '../../../../lib/cli/init/write-files.ts';

const WRITE_FILES = fileURLToPath(new URL('../../../../lib/cli/init/write-files.ts', import.meta.url));
const file = (name: string, mayExist: boolean) => ({ file: name, text: 'new', mayExist });

describe('writeFiles', () => {
  let cwd: string;
  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'write-files-'));
  });
  afterEach(() => rm(cwd, { recursive: true }));

  it('keeps a file that may exist, and writes the others', async () => {
    await writeFile(join(cwd, 'a'), 'mine');

    expect(await writeFiles(cwd, [file('a', true), file('b/c', true)])).toEqual({ written: ['b/c'], kept: ['a'] });
    expect(await readFile(join(cwd, 'a'), 'utf8')).toBe('mine');
    expect(await readFile(join(cwd, 'b/c'), 'utf8')).toBe('new');
  });

  it('writes nothing if another file exists', async () => {
    await writeFile(join(cwd, 'b'), 'mine');

    expect(await writeFiles(cwd, [file('a', true), file('b', false)])).toEqual({ there: 'b' });
    expect(await readdir(cwd)).toEqual(['b']);
  });

  it('leaves nothing behind if a file cannot be written, and names it', async () => {
    await writeFile(join(cwd, 'folder'), 'a file');

    await expect(writeFiles(cwd, [file('a', false), file('folder/b', true)])).rejects.toThrow(
      /folder\/b: could not be written: (ENOTDIR|EEXIST)$/,
    );
    expect(await readdir(cwd)).toEqual(['folder']);
  });

  it('removes a file of which only a part could be written', async () => {
    const program = `
      import { writeFiles } from ${JSON.stringify(pathToFileURL(WRITE_FILES).href)};
      process.on('SIGXFSZ', () => undefined);
      const file = (name, text) => ({ file: name, text, mayExist: false });
      await writeFiles(process.argv[1], [file('a', 'new'), file('b', 'x'.repeat(100_000))]).catch((error) => console.log(error.message));
    `;
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', program, cwd];
    // The kernel refuses what is beyond 8 blocks of a file, as it does when a disk is full.
    const { stdout, stderr } = spawnSync('bash', ['-c', 'ulimit -f 8; exec "$@"', 'bash', ...node], {
      encoding: 'utf8',
    });

    expect([stdout, stderr]).toEqual([expect.stringMatching(/\/b: could not be written: EFBIG\n$/), '']);
    expect(await readdir(cwd)).toEqual([]);
  });
});
