import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mitLicense } from './mit-license.ts';
import { ROOT } from './package-root.ts';

/** The file beside every bundle with the license of each package in it. */
export const NOTICES_FILE = 'THIRD-PARTY-NOTICES';

const LICENSE_FILE = /^(licen[cs]e|copying|notice)([.-]|$)/i;
const RULE = '='.repeat(80);
const MARKDOWN_LINK = /\[([^\]]+)\]\([^)]*\)/g;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

interface Entry {
  readonly title: string;
  readonly text: string;
}

/**
 * The notices for a bundle: this software, then each package by name, with its version, license and the license's text.
 *
 * @param folders the folders of the packages in the bundle
 * @throws {Error} for a package without a license, or without the text of one that this file does not know: it may not be distributed
 */
export async function makeNotices(folders: Iterable<string>): Promise<string> {
  const entries = await Promise.all([...new Set(folders)].map(entryOf));
  return [await entryOf(ROOT), ...entries.sort((a, b) => (a.title < b.title ? -1 : 1))]
    .map(({ title, text }) => `${RULE}\n${title}\n\n${text}\n`)
    .join('\n');
}

async function entryOf(folder: string): Promise<Entry> {
  const manifest: Manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { name, version, license } = manifest;
  if (!license) throw new Error(`${name} ${version} must not be bundled: its package.json states no license`);
  const files = (await readdir(folder)).filter((file) => LICENSE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const text = texts.map((one) => one.replaceAll('\r\n', '\n').trim()).join('\n\n');
  return { title: `${name} ${version}: ${license}`, text: text || (await knownText(folder, manifest)) };
}

/** The text of the license of a package that lacks it. */
async function knownText(folder: string, { name, license, author }: Manifest): Promise<string> {
  if (license === 'Apache-2.0') return 'The text of the license is at the start of this file.';
  if (license !== 'MIT') throw new Error(`${name} must not be bundled: it lacks the text of its license, ${license}`);
  const readme = await readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
  const [stated] = /Copyright \(c\) .*/i.exec(readme.replaceAll(MARKDOWN_LINK, '$1')) ?? [];
  const holder = typeof author === 'object' ? author.name : (author ?? `the authors of ${name}`);
  return mitLicense(stated?.trim() ?? `Copyright (c) ${holder}`);
}
