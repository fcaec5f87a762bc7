import { readFile } from 'node:fs/promises';

/**
 * Tells a process from a later one with the same id: when it was started, and in which boot of the machine (proc(5)).
 *
 * @returns undefined when there is no such process @throws nothing: where there is no `/proc` only the id counts, and the text is empty
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!isThere(pid)) return undefined;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in parentheses, may hold anything; the start is the 22nd field.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return stat === '' ? '' : `${boot.trim()} ${rest[18]}`;
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
