import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { processStart } from './process-start.ts';

/** How to reach a running local system. */
export interface SystemFile {
  readonly pid: number;
  /** Start of this process (`processStart`), because process ids are reused. */
  readonly started?: string;
  /** The project of the local account, as in request paths. */
  readonly project_id: string;
  readonly region: string;
  /** The jobs file that it was started with; absent if nothing was built. */
  readonly jobs_file?: string;
  readonly cloud_url: string;
  readonly obs_url: string;
  readonly gateway_url: string;
  /** URL of the console; absent if there is none. */
  readonly console_url?: string;
  /** Keys of the local account, generated at each start; valid for this local cloud only. */
  readonly keys: { readonly access_key: string; readonly secret_key: string; readonly security_token: string };
  /** Keys of the functions' agency in the same account; absent from files of older versions. */
  readonly function_keys?: SystemFile['keys'];
  /** The IAM user of the local account, for tokens; the password is generated at each start. */
  readonly user?: { readonly account: string; readonly name: string; readonly password: string };
  /** For unsigned requests: `Authorization: Bearer` for the control API under `/local` and the console, `X-Apig-AppCode` for the gateway. */
  readonly token: string;
}

/** The path of the system file in the state folder. It exists while the system runs. */
export function systemFilePath(stateFolder: string): string {
  return path.join(stateFolder, 'system.json');
}

/** Replaces the file atomically; only this user may read it. */
export async function writeSystemFile(stateFolder: string, content: SystemFile): Promise<void> {
  const file = systemFilePath(stateFolder);
  // An existing file would keep its own mode.
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Adds what is only known once the system has started. */
export async function addToSystemFile(stateFolder: string, more: Pick<SystemFile, 'console_url'>): Promise<void> {
  const content = await readSystemFile(stateFolder);
  if (content) await writeSystemFile(stateFolder, { ...content, ...more });
}

/** @returns `undefined` if no local system is running there, even if a killed one left its file @throws if the file is not valid JSON */
export async function readSystemFile(stateFolder: string): Promise<SystemFile | undefined> {
  const file = systemFilePath(stateFolder);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  const content = text === undefined ? undefined : (JSON.parse(text) as SystemFile);
  if (!content) return undefined;
  const started = await processStart(content.pid);
  return started !== undefined && started === (content.started ?? started) ? content : undefined;
}
