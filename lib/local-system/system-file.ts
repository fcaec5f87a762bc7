import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { processStart } from './process-start.ts';

/** Where a running local system can be reached. */
export interface SystemFile {
  readonly pid: number;
  /** Of this process (`processStart`): its id may come again. */
  readonly started?: string;
  /** Of the local account: the project in the path of requests. */
  readonly project_id: string;
  readonly region: string;
  /** The jobs file that it was started with; absent where nothing was built. */
  readonly jobs_file?: string;
  readonly cloud_url: string;
  readonly obs_url: string;
  readonly gateway_url: string;
  /** Of the page that shows the system; absent where none is served. */
  readonly console_url?: string;
  /** Of the local account, made again at each start: they open nothing but this local cloud. */
  readonly keys: { readonly access_key: string; readonly secret_key: string; readonly security_token: string };
  /** For what is not signed: `Authorization: Bearer` for the control below `/local` and the console, `X-Apig-AppCode` for the gateway. */
  readonly token: string;
}

/** Its place in the state folder; it is there as long as the system runs. */
export function systemFilePath(stateFolder: string): string {
  return path.join(stateFolder, 'system.json');
}

/** Replaces the file as a whole; only this user may read it. */
export async function writeSystemFile(stateFolder: string, content: SystemFile): Promise<void> {
  const file = systemFilePath(stateFolder);
  // One that is there already would keep its own mode.
  await rm(`${file}.new`, { force: true });
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Adds what is known only after the system has started. */
export async function addToSystemFile(stateFolder: string, more: Pick<SystemFile, 'console_url'>): Promise<void> {
  const content = await readSystemFile(stateFolder);
  if (content) await writeSystemFile(stateFolder, { ...content, ...more });
}

/** @returns `undefined` when no local system runs there, also where one was killed and left its file @throws when the file is no JSON */
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
