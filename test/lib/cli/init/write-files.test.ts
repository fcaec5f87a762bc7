import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../../../lib/cli/init/write-files.ts';

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
});
