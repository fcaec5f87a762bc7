// npm run fault: makes calls to a running local cloud fail.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAULT_HELP, parseFault } from '../../packages/local-cloud/src/cloud/parse-fault.ts';
import { readSystemFile } from './system-file.ts';

const HELP = `npm run fault -- [options] [<fault>...]

Makes calls to the local cloud of a running npm start fail, and lists the active faults.

  --clear         remove all faults first
  --state <path>  state folder of the running system (default .local)
  --help          show this help

A fault is ${FAULT_HELP}`;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' }, clear: { type: 'boolean' }, state: { type: 'string' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const faults = positionals.map(parseFault);
  const stateFolder = path.resolve(values.state ?? path.join(ROOT, '.local'));
  const system = await readSystemFile(stateFolder);
  if (!system) throw new Error(`no local system is running with its state in ${stateFolder}: start one with npm start`);
  const url = `${system.cloud_url}/local/faults`;
  const authorization = `Bearer ${system.token}`;
  if (values.clear) await send(url, { method: 'DELETE', headers: { authorization } });
  for (const fault of faults) {
    await send(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    });
  }
  process.stdout.write(await send(url, { method: 'GET', headers: { authorization } }));
}

async function send(url: string, request: RequestInit): Promise<string> {
  const response = await fetch(url, request).catch((cause: unknown) => {
    throw new Error(
      `${request.method} ${url}: no response; the local system may have ended without removing its file`,
      {
        cause,
      },
    );
  });
  const text = await response.text();
  if (response.ok) return text;
  throw new Error(`${request.method} ${url}: ${response.status} ${text.trim()}`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`npm run fault: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
