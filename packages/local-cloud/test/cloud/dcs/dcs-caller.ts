import type { LocalCloud } from '../../../src/cloud/local-cloud.ts';
import { ACCOUNT, call, type Reply } from '../caller.ts';

export interface DcsCaller {
  get(path: string): Promise<Reply>;
  post(path: string, body?: unknown): Promise<Reply>;
  put(path: string, body?: unknown): Promise<Reply>;
  delete(path: string): Promise<Reply>;
}

/** Calls of DCS operations, by their paths after the project. */
export function dcsCaller(cloud: () => LocalCloud): DcsCaller {
  const at = (path: string) => `/v2/${ACCOUNT.projectId}${path}`;
  return {
    get: (path) => call(cloud(), 'GET', at(path)),
    post: (path, body) => call(cloud(), 'POST', at(path), body),
    put: (path, body) => call(cloud(), 'PUT', at(path), body),
    delete: (path) => call(cloud(), 'DELETE', at(path)),
  };
}

const NETWORK = {
  vpc_id: '5e37b3be-950a-48e1-b498-65b63d336481',
  subnet_id: '40f15ed6-7f85-49d5-ba0e-65b940d4812c',
  security_group_id: '9df96622-24b7-4813-84b8-ab74552a21d7',
};

/** Starts an incremental migration between two instances, and brings it to its incremental phase. @returns its ID */
export async function migrate(
  cloud: LocalCloud,
  source: Readonly<Record<string, string>>,
  target: Readonly<Record<string, string>>,
): Promise<string> {
  const dcs = dcsCaller(() => cloud);
  const { json } = await dcs.post('/migration/instance', { name: 'session-cache', ...NETWORK });
  cloud.clock.advance(30_000);
  const body = {
    migration_method: 'incremental_migration',
    resume_mode: 'auto',
    source_instance: source,
    target_instance: target,
  };
  const { status, text } = await dcs.post(`/migration/${json['instance_id']}/task`, body);
  if (status !== 200) throw new Error(text);
  cloud.clock.advance(60_000);
  return String(json['instance_id']);
}

/** Runs commands in a new session of Web CLI. @returns their responses */
export async function redis(
  cloud: LocalCloud,
  id: string,
  commands: readonly string[],
  { password, database = 0 }: { readonly password?: string; readonly database?: number } = {},
): Promise<unknown[]> {
  const dcs = dcsCaller(() => cloud);
  const login = await dcs.post(`/instances/${id}/webcli/auth`, password === undefined ? {} : { password });
  if (login.status !== 200) throw new Error(login.text);
  const responses: unknown[] = [];
  for (const command of commands) {
    const body = { client_id: login.json['client_id'], command, database };
    const { status, json, text } = await dcs.post(`/instances/${id}/webcli/command`, body);
    if (status !== 200) throw new Error(text);
    responses.push(json['response']);
  }
  return responses;
}
