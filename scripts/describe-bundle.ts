import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const kb = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`;

/** One line on a built function: the size of `main.js`, which every start loads, that of the whole folder, and which clients it has. */
export async function describeBundle({ name, folder }: { readonly name: string; readonly folder: string }) {
  const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))));
  const main = await readFile(join(folder, 'main.js'));
  const { clients } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const sum = (sizes: readonly number[]) => sizes.reduce((all, size) => all + size, 0);
  const zipped = sum(files.map((file) => gzipSync(file).length));
  return [
    name.padEnd(15),
    `main.js ${kb(main.length)}, ${kb(gzipSync(main).length)} gzip`,
    `folder ${kb(sum(files.map(({ length }) => length)))}, ${kb(zipped)} gzip`,
    `DCS client ${clients.dcs}, SMS client ${clients.sms}`,
  ].join('   ');
}
