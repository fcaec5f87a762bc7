import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../kernel/errors.ts';

export interface NewFile {
  /** Relative to the folder. */
  readonly file: string;
  readonly text: string;
  /** If it exists, is it kept, and the others written? Else nothing is written. */
  readonly mayExist: boolean;
}

type Written = { readonly written: readonly string[]; readonly kept: readonly string[] };

/**
 * Writes files, and overwrites none.
 *
 * @returns what was written and what was kept, or the file because of which nothing was written
 * @throws {ConfigError} if one can't be written; then none is
 */
export async function writeFiles(
  cwd: string,
  files: readonly NewFile[],
): Promise<Written | { readonly there: string }> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const { file, text, mayExist } of files) {
    try {
      if (await writeNew(join(cwd, file), text)) written.push(file);
      else if (mayExist) kept.push(file);
      else {
        await removeAll(cwd, written);
        return { there: file };
      }
    } catch (error) {
      await removeAll(cwd, written);
      throw error;
    }
  }
  return { written, kept };
}

/** @returns false if it exists */
async function writeNew(file: string, text: string): Promise<boolean> {
  const failed = (error: NodeJS.ErrnoException) => {
    const message = `could not be written: ${error.code ?? 'unknown error'}`;
    return new ConfigError(`write ${file}`, [{ path: [], message }], { cause: error });
  };
  await mkdir(dirname(file), { recursive: true }).catch((error) => {
    throw failed(error);
  });
  let opened: FileHandle;
  try {
    opened = await open(file, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw failed(error as NodeJS.ErrnoException);
  }
  try {
    await opened.writeFile(text).finally(() => opened.close());
    return true;
  } catch (error) {
    // It exists, with a part of the text.
    await rm(file, { force: true });
    throw failed(error as NodeJS.ErrnoException);
  }
}

async function removeAll(cwd: string, files: readonly string[]): Promise<void> {
  for (const file of files) await rm(join(cwd, file));
}
