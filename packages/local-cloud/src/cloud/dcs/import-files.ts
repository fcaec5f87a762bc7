import type { Assumed } from '../open-questions/assumptions.ts';

interface File {
  readonly file_name: string;
}

/** A part of an append-only folder of Redis 7: `appendonly.aof.1.base.rdb`, `appendonly.aof.1.incr.aof`, and its manifest. */
const APPEND_ONLY_PART = /\.(base\.rdb|base\.aof|incr\.aof|manifest)$/;

const EXTENSION = /\.(rdb|aof|zip|tar\.gz)$/i;

/** The reason why an import of these files fails; undefined if it does not. */
export function unusableFile(assumed: Assumed, files: readonly File[]): string | undefined {
  for (const { file_name: name } of files) {
    if (name.includes('/') && assumed('dcs-file-names') === 'no-folders')
      return `The backup file ${name} does not exist in the bucket.`;
    const [extension = ''] = EXTENSION.exec(name) ?? [];
    if (extension !== extension.toLowerCase() && assumed('dcs-file-extension') === 'lower-case')
      return `The format of the backup file ${name} is not supported.`;
  }
  const isFolder = files.length > 1 && files.some(({ file_name: name }) => APPEND_ONLY_PART.test(name));
  return isFolder && assumed('dcs-append-only-folder') === 'fails'
    ? 'The backup files of an append-only folder are not supported.'
    : undefined;
}

/** The files in the order in which they are loaded. */
export function importOrder(assumed: Assumed, files: readonly File[]): readonly File[] {
  if (assumed('dcs-append-only-folder') !== 'by-name') return files;
  return [...files].sort((a, b) => (a.file_name < b.file_name ? -1 : 1));
}
