import path from 'node:path';
import { parseArgs } from 'node:util';
import { FAULT_HELP, parseFault } from '../../packages/local-cloud/src/cloud/parse-fault.ts';
import { withOptions } from './start-options.ts';
import { readSystemFile } from './system-file.ts';

/** @param called how people call it */
export const faultHelp = (called: string) => `Usage: ${withOptions(called)} [options] [<fault>...]

Makes calls to the local cloud of a running system fail, and lists the active faults.

Options:
  --clear         remove all faults first
  --state <path>  state folder of the running system (default .local)
  --help          show this help

A fault is ${FAULT_HELP}`;

export interface FaultCall {
  /** How people call it: `npm run fault` or `npx migrations fault`. */
  readonly called: string;
  /** The folder of the running system's project. */
  readonly folder: string;
}

/** Makes calls to a running local cloud fail. @returns the exit code */
export async function runFault(args: readonly string[], call: FaultCall): Promise<number> {
  try {
    await addFaults(args, call);
    return 0;
  } catch (error) {
    process.stderr.write(`${call.called}: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

async function addFaults(args: readonly string[], { called, folder }: FaultCall): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean' }, clear: { type: 'boolean' }, state: { type: 'string' } },
  });
  if (values.help) {
    process.stdout.write(faultHelp(called));
    return;
  }
  const faults = positionals.map(parseFault);
  const stateFolder = path.resolve(values.state ?? path.join(folder, '.local'));
  const system = await readSystemFile(stateFolder);
  if (!system)
    throw new Error(`no local system is running with its state in ${stateFolder}: start one with npx migrations start`);
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
