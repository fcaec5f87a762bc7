import { readFile } from 'node:fs/promises';

/**
 * Distinguishes a process from a later one with the same id: when it was started, and in which boot of the machine (proc(5)).
 *
 * @returns undefined if there is no such process; an empty string on systems without `/proc`, where only the id counts. Never throws.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (!exists(pid)) return undefined;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, in parentheses, may contain anything; the start time is the 22nd field.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z') return undefined;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return stat === '' ? '' : `${boot.trim()} ${rest[18]}`;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It exists, and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
