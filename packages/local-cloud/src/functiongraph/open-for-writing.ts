import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * The files that a process has open for writing. Reads `/proc`: Linux only, and only processes that this user may inspect. `undefined` if there is no
 * `/proc`, so that it is unknown.
 *
 * @param paths absolute, without links
 */
export async function findOpenForWriting(paths: ReadonlySet<string>): Promise<Set<string> | undefined> {
  const processes = await readdir('/proc').catch(() => undefined);
  if (!processes?.includes('self')) return undefined;
  const open = new Set<string>();
  for (const pid of processes.filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
      if (paths.has(target) && (await isWritable(pid, descriptor))) open.add(target);
    }
  }
  return open;
}

/** The last two bits of the open flags, which are octal: 0 is read only. */
async function isWritable(pid: string, descriptor: string): Promise<boolean> {
  const info = await readFile(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8').catch(() => '');
  const flags = /^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 3) !== 0;
}
