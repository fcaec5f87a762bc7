import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LedgerError } from '../../ports/ledger-error.ts';
import { checkAppend, checkName } from '../../ports/ledger-name.ts';
import type { LedgerEntry, LedgerStore, LedgerText } from '../../ports/ledger-store.ts';
import { notAppendable } from './not-appendable.ts';

/** A read opens at most this many files plus one. */
const PARTS_PER_SUMMARY = 64;
/** Errors that last until somebody fixes the cause. EXDEV and EPERM from `link` mean a file system without hard links. */
const PERMANENT = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'ENOTSUP', 'EXDEV', 'ENAMETOOLONG']);

/**
 * A ledger in a folder, for one machine. The folder is created on the first write.
 *
 * Any number of processes may use it concurrently. Nothing is locked, and no file changes once it has its name. So a process may be killed at any
 * moment: unfinished work does not exist, and at most an unused file stays in `temp` or `parts`.
 *
 * - `names/<name>~list` contains the id of a list. It is created by a hard link, which fails if the name exists: one creator wins.
 * - `parts/<id>/<position>` is one append, also created by a hard link: one of several writers at a position wins. Positions count bytes.
 * - `parts/<id>/<position>.sum` is the whole text before that position, so that a long list is read quickly. It may be absent.
 * - `names/<name>~text` is a text stored with `put`, created by a rename.
 *
 * An id is used once, so an append that is overtaken by `remove` can't end up in the next list of that name. Nothing is flushed to disk (fsync): a
 * kill loses nothing, but a power failure may lose the last moments, or leave a list that can't be appended to. On a case-insensitive file system,
 * names that differ only in case are the same name. The file system must support hard links.
 *
 * @param now the time of writes, as listings have it: the region's time, which may be ahead of the file system's
 * @throws {LedgerError} from its methods, with the file system's error code in the message and the error as `cause`
 */
export function makeFolderStore(folder: string, now: () => number = Date.now): LedgerStore {
  const stamp = (path: string) => setTime(path, now());
  return {
    read: (list) => withLedgerErrors('read', list, () => readList(folder, list)),
    // A list is a summary and a few parts, so reading all of it costs no more.
    tail: (list) => withLedgerErrors('read', list, async () => ({ ...(await readList(folder, list)), isWhole: true })),
    append: (list, position, text) =>
      withLedgerErrors('append', list, () => appendPart(folder, { list, position, text }, stamp)),
    put: (name, text) => withLedgerErrors('put', name, () => putText(folder, name, text, stamp)),
    get: (name) => withLedgerErrors('get', name, () => ifPresent(readFile(textPath(folder, name), 'utf8'))),
    remove: (name) => withLedgerErrors('remove', name, () => removeName(folder, name)),
    list: (prefix, options) => withLedgerErrors('list', prefix, () => listNames(folder, prefix, options)),
  };
}

/** Gives what was written at a path the time of the write. */
type Stamp = (path: string) => Promise<void>;

async function setTime(path: string, ms: number): Promise<void> {
  await ifPresent(utimes(path, ms / 1000, ms / 1000));
}

function listPath(folder: string, name: string): string {
  return `${join(folder, 'names', checkName(name))}~list`;
}

function textPath(folder: string, name: string): string {
  return `${join(folder, 'names', checkName(name))}~text`;
}

/** The folder of a list's parts; `undefined` when the list does not exist. */
async function findList(folder: string, list: string): Promise<string | undefined> {
  const id = await ifPresent(readFile(listPath(folder, list), 'utf8'));
  return id === undefined ? undefined : join(folder, 'parts', id);
}

async function readList(folder: string, list: string): Promise<LedgerText> {
  const parts = await findList(folder, list);
  const found = parts === undefined ? undefined : await ifPresent(readParts(parts));
  return found ?? { text: '', position: 0 };
}

async function appendPart(
  folder: string,
  { list, position, text }: { readonly list: string; readonly position: number; readonly text: string },
  stamp: Stamp,
): Promise<number | 'stale'> {
  checkAppend(list, text);
  const next = position + Buffer.byteLength(text);
  const parts = await findList(folder, list);
  if ((await ifPresent(stat(textPath(folder, list)))) !== undefined) throw notAppendable(list);
  if (!parts) return position === 0 && (await createList(folder, list, text, stamp)) ? next : 'stale';

  const { starts } = (await ifPresent(partsIn(parts))) ?? { starts: [] };
  const last = starts.at(-1);
  const lastPart = last === undefined ? undefined : await ifPresent(stat(join(parts, String(last))));
  // No last part: the list was removed after its id was read.
  if (last === undefined || !lastPart || last + lastPart.size !== position) return 'stale';
  if (!(await throughTemp(folder, text, (temp) => linkIfAbsent(temp, join(parts, String(position)))))) return 'stale';
  if (starts.length % PARTS_PER_SUMMARY === 0) await summarize(folder, parts);
  await stamp(parts);
  return next;
}

async function createList(folder: string, list: string, text: string, stamp: Stamp): Promise<boolean> {
  const id = randomUUID();
  const name = listPath(folder, list);
  const parts = join(folder, 'parts', id);
  await mkdir(parts, { recursive: true });
  await writeFile(join(parts, '0'), text);
  await stamp(parts);
  await mkdir(dirname(name), { recursive: true });
  const created = await throughTemp(folder, id, (temp) => linkIfAbsent(temp, name));
  if (!created) await rm(parts, { recursive: true, force: true });
  return created;
}

async function summarize(folder: string, parts: string): Promise<void> {
  try {
    const { sums } = await partsIn(parts);
    const { text, position } = await readParts(parts);
    await throughTemp(folder, text, (temp) => linkIfAbsent(temp, join(parts, `${position}.sum`)));
    await Promise.all(sums.filter((sum) => sum < position).map((sum) => ifPresent(unlink(join(parts, `${sum}.sum`)))));
  } catch {
    // A summary only speeds up reading, and the append before it has succeeded.
  }
}

async function putText(folder: string, name: string, text: string, stamp: Stamp): Promise<void> {
  const path = textPath(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await throughTemp(folder, text, async (temp) => {
    await stamp(temp);
    await rename(temp, path);
  });
}

async function removeName(folder: string, name: string): Promise<void> {
  await ifPresent(unlink(textPath(folder, name)));
  const parts = await findList(folder, name);
  if (!parts) return;
  await ifPresent(unlink(listPath(folder, name)));
  await rm(parts, { recursive: true, force: true });
}

async function listNames(
  folder: string,
  prefix: string,
  { after = '', limit }: Parameters<LedgerStore['list']>[1],
): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for await (const { name, isList } of walk(join(folder, 'names'), '', prefix, after)) {
    if (entries.length >= limit) break;
    const kept = isList ? await findList(folder, name) : textPath(folder, name);
    // `undefined` if it was removed after its folder was read.
    const found = kept === undefined ? undefined : await ifPresent(stat(kept));
    if (found) entries.push({ name, at: Math.floor(found.mtimeMs) });
  }
  return entries;
}

async function throughTemp<T>(folder: string, text: string, use: (temp: string) => Promise<T>): Promise<T> {
  const temp = join(folder, 'temp', randomUUID());
  await mkdir(dirname(temp), { recursive: true });
  await writeFile(temp, text, { flag: 'wx' });
  try {
    return await use(temp);
  } finally {
    await ifPresent(unlink(temp));
  }
}

/**
 * Reads the whole text of a list. During an append, a later part may be visible without the one before it: what comes before the gap was the whole
 * list a moment ago.
 */
async function readParts(parts: string): Promise<LedgerText> {
  const { starts, sums } = await partsIn(parts);
  const sum = sums.at(-1) ?? 0;
  const summary = sum === 0 ? '' : await ifPresent(readFile(join(parts, `${sum}.sum`), 'utf8'));
  // A newer summary has just replaced it.
  if (summary === undefined) return readParts(parts);
  const later = starts.filter((start) => start >= sum);
  const texts = await Promise.all(later.map((start) => readFile(join(parts, String(start)), 'utf8')));
  let text = summary;
  let position = sum;
  for (const [i, part] of texts.entries()) {
    if (later[i] !== position) break;
    text += part;
    position += Buffer.byteLength(part);
  }
  return { text, position };
}

/** Where the parts of a list start and where its summaries end, both in order. */
async function partsIn(parts: string): Promise<{ starts: number[]; sums: number[] }> {
  const files = await readdir(parts);
  const positions = (pattern: RegExp) =>
    files
      .flatMap((file) => pattern.exec(file)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  return { starts: positions(/^(\d+)$/), sums: positions(/^(\d+)\.sum$/) };
}

/** The names under a folder, in the order of their code units: `a-b`, `a/b`, `ab`. Folders that can't contain matches are not read. */
async function* walk(
  folder: string,
  path: string,
  prefix: string,
  after: string,
): AsyncGenerator<{ readonly name: string; readonly isList: boolean }> {
  const files = (await ifPresent(readdir(folder))) ?? [];
  const keys = files.map((file) => (file.includes('~') ? file : `${file}/`));
  for (const key of keys.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))) {
    const name = path + nameOf(key);
    if (!key.endsWith('/')) {
      if (name.startsWith(prefix) && name > after) yield { name, isList: key.endsWith('~list') };
    } else if ((name.startsWith(prefix) || prefix.startsWith(name)) && (name > after || after.startsWith(name))) {
      yield* walk(join(folder, key), name, prefix, after);
    }
  }
}

function nameOf(file: string): string {
  return file.replace(/~.*$/, '');
}

/** Creates a hard link, which is atomic and never replaces another file. @returns whether it was created */
async function linkIfAbsent(existing: string, path: string): Promise<boolean> {
  try {
    await link(existing, path);
    return true;
  } catch (error) {
    // ENOENT: its folder is gone because the list was removed.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function ifPresent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function withLedgerErrors<T>(operation: string, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    const code = codeOf(error) ?? 'failed';
    throw new LedgerError(
      `ledger ${operation} ${name}: ${code} in the ledger's folder; check that it is writable and has free space`,
      {
        temporary: !PERMANENT.has(code),
        cause: error,
      },
    );
  }
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
