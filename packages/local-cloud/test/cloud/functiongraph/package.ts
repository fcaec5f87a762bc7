import { zipSync } from 'fflate';

/** A package with these files, in Base64. */
export function makePackage(files: Readonly<Record<string, string>>): string {
  const entries = Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(entries), { mtime: new Date(1980, 0, 1) })).toString('base64');
}
