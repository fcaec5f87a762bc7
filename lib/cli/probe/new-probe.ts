import { randomBytes } from 'node:crypto';

/** The name of a probe's folders, unique for each run: its time, and random digits. */
export function newProbe(): string {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${randomBytes(4).toString('hex')}`;
}
