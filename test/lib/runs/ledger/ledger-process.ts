// A process that uses a folder store, so that a test can race several and kill them. It prints a JSON line for each append that succeeded.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { makeFolderStore } from '../../../../lib/runs/ledger/folder-store.ts';

const [folder = '', owner = '', appends = '0', dieBefore = '0'] = process.argv.slice(2);
const store = makeFolderStore(folder);

/** Kills this process before its nth change of the file system. */
function dieBeforeChange(nth: number): void {
  let left = nth;
  for (const name of ['mkdir', 'writeFile', 'link', 'unlink', 'rename', 'rm'] as const) {
    const original = fs[name] as (...args: unknown[]) => Promise<unknown>;
    Object.assign(fs, {
      [name]: (...args: unknown[]) => {
        left -= 1;
        if (left === 0) process.kill(process.pid, 'SIGKILL');
        return original(...args);
      },
    });
  }
  syncBuiltinESMExports();
}

if (dieBefore !== '0') dieBeforeChange(Number(dieBefore));

for (let i = 0; i < Number(appends); i += 1) {
  const record = `${owner}:${i}\n`;
  let position: number;
  let answer: number | 'stale';
  do {
    position = (await store.read('lanes/race')).position;
    answer = await store.append('lanes/race', position, record);
  } while (answer === 'stale');
  process.stdout.write(`${JSON.stringify({ record, position })}\n`);
}
