import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeNotices } from '../../../lib/build/make-notices.ts';

describe('makeNotices', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'notices-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  async function addPackage(name: string, manifest: object, files: Readonly<Record<string, string>> = {}) {
    const folder = join(home, name);
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', ...manifest }));
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
    return folder;
  }

  it('begins with the license of this software', async () => {
    expect(await makeNotices([])).toMatch(
      /^={80}\nhuaweicloud-migration-functions \d+\.\d+\.\d+: Apache-2\.0\n\n *Apache License\n/,
    );
  });

  it('lists packages by name with the texts of their license and notice files, each once', async () => {
    const b = await addPackage('b', { license: 'ISC' }, { 'LICENSE.md': 'text of b\r\n', NOTICE: 'made by b' });
    const a = await addPackage('a', { license: 'BSD-3-Clause' }, { licence: 'text of a\n', 'licenses.js': 'code' });
    const notices = await makeNotices([b, a, b]);

    const rule = '='.repeat(80);
    expect(notices.slice(notices.indexOf(`${rule}\na `))).toBe(
      `${rule}\na 1.2.3: BSD-3-Clause\n\ntext of a\n\n${rule}\nb 1.2.3: ISC\n\ntext of b\n\nmade by b\n`,
    );
  });

  it.each([
    [
      'the line of its README',
      { 'README.md': 'MIT. Copyright (c) 2017 [Ann](https://ann.example), and others.' },
      'Copyright (c) 2017 Ann, and others.',
    ],
    ['its author', {}, 'Copyright (c) Bob'],
  ])('gives a package without the text of the MIT license that text, with %s', async (_, files, copyright) => {
    const folder = await addPackage('a', { license: 'MIT', author: { name: 'Bob' } }, files);

    expect(await makeNotices([folder])).toContain(`\na 1.2.3: MIT\n\nMIT License\n\n${copyright}\n\nPermission is `);
  });

  it('refers a package without the text of the Apache license to the one at the start', async () => {
    const folder = await addPackage('a', { license: 'Apache-2.0' });

    expect(await makeNotices([folder])).toContain('The text of the license is at the start of this file.');
  });

  it('refuses a package without a license, and one that lacks the text of another license', async () => {
    await expect(makeNotices([await addPackage('a', {})])).rejects.toThrow(
      'a 1.2.3 must not be bundled: its package.json states no license',
    );
    await expect(makeNotices([await addPackage('b', { license: 'MPL-2.0' })])).rejects.toThrow(
      'b must not be bundled: it lacks the text of its license, MPL-2.0',
    );
  });
});
