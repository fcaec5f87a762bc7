import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '../../lib/build/package-root.ts';
import type { Row } from '../report.ts';

/** Printed by `npm start` when everything responds. */
const READY = 'local cloud ';

/** From `npm start` until the system responds, without the demonstration. */
export async function startUp(rounds: number): Promise<Row[]> {
  const values: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const ms = await untilReady();
    if (round >= 0) values.push(ms);
  }
  return [{ figure: 'start-up of npm start', subject: 'until everything responds', unit: 'ms', values }];
}

async function untilReady(): Promise<number> {
  const started = performance.now();
  const args = ['--import', 'tsx', join(ROOT, 'scripts/start.ts'), '--no-demo', '--port', '0'];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  let printed = '';
  for await (const part of child.stdout) {
    printed += part;
    if (printed.includes(READY)) break;
  }
  const ms = performance.now() - started;
  if (!printed.includes(READY)) throw new Error(`npm start ended before it was ready: ${printed}`);
  child.kill('SIGINT');
  await ended;
  return ms;
}
