import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { zipFolder } from '../../../lib/deploy/zip-folder.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ZONES = ['Asia/Shanghai', 'America/St_Johns', 'Pacific/Apia'];

async function folderWith(files: Readonly<Record<string, string>>, at: Date): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zip-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
    await utimes(join(folder, name), at, at);
  }
  return folder;
}

describe('zipFolder', () => {
  it('returns the same bytes for the same files, whatever the folder, order and time', async () => {
    const one = await folderWith({ 'index.js': 'a', 'lib/b.js': 'b' }, new Date('2026-01-01'));
    const other = await folderWith({ 'lib/b.js': 'b', 'index.js': 'a' }, new Date('2001-02-03'));

    const [a, b] = [await zipFolder(one), await zipFolder(other)];
    await Promise.all([rm(one, { recursive: true }), rm(other, { recursive: true })]);

    expect(Buffer.compare(a, b)).toBe(0);
    expect(Object.keys(unzipSync(a))).toEqual(['index.js', 'lib/b.js']);
  });

  it('returns different bytes for different content', async () => {
    const one = await folderWith({ 'index.js': 'a' }, new Date());
    const other = await folderWith({ 'index.js': 'b' }, new Date());

    const [a, b] = [await zipFolder(one), await zipFolder(other)];
    await Promise.all([rm(one, { recursive: true }), rm(other, { recursive: true })]);

    expect(Buffer.compare(a, b)).not.toBe(0);
  });

  it('returns the same bytes in every time zone', async () => {
    const folder = await folderWith({ 'index.js': 'a' }, new Date('2026-07-01'));
    const program = `
      import { createHash } from 'node:crypto';
      const found = [];
      for (const zone of ${JSON.stringify(ZONES)}) {
        process.env.TZ = zone;
        const { zipFolder } = await import('./lib/deploy/zip-folder.ts?' + zone);
        const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
        found.push([timeZone, createHash('sha256').update(await zipFolder(process.argv[1])).digest('hex')]);
      }
      process.stdout.write(JSON.stringify(found));`;
    const printed = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, folder], {
      cwd: ROOT,
      encoding: 'utf8',
    });

    const here = createHash('sha256')
      .update(await zipFolder(folder))
      .digest('hex');
    await rm(folder, { recursive: true });

    expect(JSON.parse(printed)).toEqual(ZONES.map((zone) => [zone, here]));
  });
});
