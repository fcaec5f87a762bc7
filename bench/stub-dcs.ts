import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { ROOT } from '../lib/build/package-root.ts';

/** A stub DCS that responds to each call immediately and validates nothing. */
export interface StubDcs {
  readonly url: string;
  /** The number of created tasks. */
  readonly created: number;
  close(): Promise<void>;
}

interface StubDcsOptions {
  readonly status: 'SUCCESS' | 'MIGRATING';
  /** @default false */
  readonly secure?: boolean;
}

/**
 * Used instead of the local cloud, to measure only the functions: the local cloud's instances accept one import at a time and would refuse the
 * requests of a stateless handler.
 *
 * @param options `status` is the status of every task from the start; `secure` enables TLS, with a certificate that measured processes trust
 */
export async function startStubDcs(options: StubDcsOptions): Promise<StubDcs> {
  const { status, secure = false } = options;
  const tasks = new Map<string, Readonly<Record<string, unknown>>>();
  let created = 0;

  const respondTo = (method: string, path: string, query: URLSearchParams, body: string): unknown => {
    if (method === 'POST') {
      const { task_name: name, target_instance: target } = JSON.parse(body);
      const id = randomUUID();
      created += 1;
      tasks.set(String(name), {
        task_id: id,
        task_name: name,
        status,
        migration_type: 'backupfile_import',
        target_instance_id: target?.id ?? '',
        created_at: new Date().toISOString(),
      });
      return { id, name, status: 'MIGRATING', error: '' };
    }
    if (path.endsWith('/migration-tasks')) {
      const named = query.get('name');
      const found = named === null ? [...tasks.values()] : [tasks.get(named)].filter((task) => task !== undefined);
      const [offset, limit] = [Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 10)];
      return { count: found.length, migration_tasks: found.slice(offset, offset + limit) };
    }
    if (path.includes('/stats')) return { migration_type: 'backupfile_import', status };
    return {
      instance_id: path.split('/').at(-1),
      name: 'cache',
      status: 'RUNNING',
      engine: 'Redis',
      engine_version: '6.0',
      max_memory: 1024,
      used_memory: 10,
      no_password_access: 'false',
    };
  };

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://dcs');
      const result = respondTo(request.method ?? 'GET', pathname, searchParams, Buffer.concat(parts).toString());
      response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': randomUUID() });
      response.end(JSON.stringify(result));
    });
  };
  const key = (name: string) => readFileSync(join(ROOT, 'test/fixtures/self-signed', name));
  const server = secure
    ? createSecureServer({ key: key('key.pem'), cert: key('cert.pem') }, serve)
    : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get created() {
      return created;
    },
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
