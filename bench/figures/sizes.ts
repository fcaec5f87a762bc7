import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Row } from '../report.ts';
import type { System } from '../system.ts';

/** The size of each bundle in KB: what is loaded at start, and everything that a function may load. */
export async function sizes(system: System): Promise<Row[]> {
  const rows: Row[] = [];
  const add = (figure: string, subject: string, bytes: number, goal?: number) => {
    rows.push({
      figure,
      subject,
      unit: 'KB',
      values: [bytes / 1024],
      ...(goal !== undefined && { goal: { atMost: goal } }),
    });
  };
  const sample = await readFile(system.baselines.bundledSample);
  add('size', 'sample handler, bundled', sample.length);
  add('size, gzip', 'sample handler, bundled', gzipSync(sample).length);
  for (const name of ['backup-landed', 'schedule', 'webhook', 'reconcile']) {
    const folder = system.moduleOf(name);
    const programs = (await readdir(folder)).filter((file) => file.endsWith('.js'));
    const gzipped = async (file: string) => gzipSync(await readFile(join(folder, file))).length;
    const all = await Promise.all(programs.map(gzipped));
    add('size', name, (await stat(join(folder, 'main.js'))).size);
    add('size, gzip', name, await gzipped('main.js'), name === 'backup-landed' ? 120 : undefined);
    add(
      'size, gzip, with everything that is loaded on demand',
      name,
      all.reduce((sum, bytes) => sum + bytes, 0),
    );
  }
  return rows.sort((a, b) => a.figure.localeCompare(b.figure));
}
