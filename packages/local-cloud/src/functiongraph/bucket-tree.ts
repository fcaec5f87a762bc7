import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** A file in a bucket folder, which is an object. */
export interface BucketFile {
  readonly bucket: string;
  readonly key: string;
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * Whether a file or folder with this name is ignored: names that start with a dot or end in `.part` or `.tmp`, which programs use for files that
 * they are still writing.
 */
export function isIgnoredName(name: string): boolean {
  return name.startsWith('.') || name.endsWith('.part') || name.endsWith('.tmp');
}

/**
 * All files under a folder whose subfolders are the buckets, sorted by path. Links are not followed; neither links nor folders are objects. Files that
 * disappear in the meantime are left out; a folder that does not exist has no files.
 */
export async function listBucketFiles(root: string): Promise<BucketFile[]> {
  const files: BucketFile[] = [];
  for (const bucket of await namesIn(root)) {
    const folder = path.join(root, bucket);
    const stats = await lstat(folder).catch(undefinedIfGone);
    if (stats?.isDirectory()) await addFiles(folder, bucket, '', files);
  }
  return files;
}

async function addFiles(folder: string, bucket: string, prefix: string, files: BucketFile[]): Promise<void> {
  for (const name of await namesIn(folder)) {
    const file = path.join(folder, name);
    const stats = await lstat(file).catch(undefinedIfGone);
    if (stats?.isDirectory()) await addFiles(file, bucket, `${prefix}${name}/`, files);
    else if (stats?.isFile()) {
      files.push({ bucket, key: `${prefix}${name}`, path: file, size: stats.size, mtimeMs: stats.mtimeMs });
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(undefinedIfGone)) ?? [];
  return names.filter((name) => !isIgnoredName(name)).sort();
}

function undefinedIfGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
