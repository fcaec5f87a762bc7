import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../../../lib/cli/project-folder.ts';

describe('projectFolder', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'project-'));
    await mkdir(join(home, 'project/examples'), { recursive: true });
    await writeFile(join(home, 'project/migrations.yml'), '');
  });
  afterEach(() => rm(home, { recursive: true }));

  it.each([
    ['the one above, whatever file is named', 'project/examples', 'other/migrations.yml', 'project'],
    ['the one of the named file', '', 'project/migrations.yml', 'project'],
    ['the one above the named file', '', 'project/examples/jobs.yml', 'project'],
    ['the folder of the named file, without a project', '', 'other/jobs.yml', 'other'],
    ['the given folder, without a project and a file', 'other', undefined, 'other'],
  ])('is %s', (_what, from, named, folder) => {
    const file = named === undefined ? undefined : join(home, named);
    expect(projectFolder(join(home, from), file)).toBe(join(home, folder));
  });
});
