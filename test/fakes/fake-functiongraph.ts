import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';

type Fields = Record<string, unknown>;

interface HeldTrigger {
  readonly id: string;
  readonly type: string;
  status: string;
  readonly data: Fields;
  /** Deleted, and still listed once. */
  isBeingDeleted: boolean;
}

interface HeldFunction {
  config: Fields;
  digest: string;
  /** The package, in Base64. */
  code: string;
  asyncConfig: Fields | undefined;
  triggers: HeldTrigger[];
  versions: { version: string; config: Fields; digest: string; code: string }[];
  aliases: Map<string, string>;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: Fields | undefined;
}

class Refused extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const IDENTITY: Record<string, string[]> = {
  TIMER: ['name'],
  OBS: ['bucket', 'events', 'prefix', 'suffix'],
  APIG: ['group_id', 'path', 'req_method'],
};

/** The part of the management API that a deploy needs, with its codes. Everything is in memory, and signatures are not verified. */
export class FakeFunctionGraph {
  readonly functions = new Map<string, HeldFunction>();
  readonly requests: SeenRequest[] = [];
  /** From this request on (counted from 1) there is no response; `after`: the first of them takes effect nevertheless. */
  cutFrom: { readonly request: number; readonly when: 'before' | 'after' } | undefined;
  /** The response to the next request. */
  refuseNext: { readonly status: number; readonly body: Fields } | undefined;
  /** Does an export return the package? */
  handsOutCode = true;
  /** The lifecycle rules of the ledger's bucket, as XML. */
  lifecycle = '';
  /** Keys of the ledger's bucket; `undefined` refuses to list them. */
  ledgerKeys: readonly string[] | undefined = [];
  /** Keys of the bucket `backups`; all objects are new. */
  objects: readonly string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeFunctionGraph> {
    const server = createServer();
    const fake = new FakeFunctionGraph(server);
    server.on('request', async (request: IncomingMessage, response) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      const isObs = !url.pathname.startsWith('/v2/');
      const hasBody = !isObs && (request.method === 'POST' || request.method === 'PUT');
      const body = hasBody ? ((await json(request)) as Fields) : undefined;
      fake.requests.push({ method: request.method ?? '', path: decodeURIComponent(url.pathname), body });
      const cut = fake.cutFrom !== undefined && fake.requests.length >= fake.cutFrom.request;
      const isFirst = fake.requests.length === fake.cutFrom?.request;
      if (cut && !(isFirst && fake.cutFrom?.when === 'after')) return void request.socket.destroy();
      if (isObs) {
        const sent = await text(request);
        const { status, content, headers } = fake.#bucket(request.method ?? '', url, sent);
        if (cut) return void request.socket.destroy();
        response.writeHead(status, { 'content-type': 'application/xml', 'x-amz-request-id': 'fake-obs', ...headers });
        return void response.end(content);
      }
      const refused = fake.refuseNext;
      fake.refuseNext = undefined;
      const respond = (status: number, content?: unknown) => {
        if (cut) return void request.socket.destroy();
        response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'fake-request' });
        response.end(content === undefined ? '' : JSON.stringify(content));
      };
      if (refused) return respond(refused.status, refused.body);
      try {
        const result = fake.#dispatch(request.method ?? '', decodeURIComponent(url.pathname), body ?? {});
        respond(result === undefined ? 204 : 200, result);
      } catch (error) {
        const { status, code } = error instanceof Refused ? error : new Refused(500, 'FSS.0500');
        respond(status, { error_code: code, error_msg: `refused with ${code}` });
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Requests that change something, such as `PUT …/config`. */
  get changes(): string[] {
    return this.requests
      .filter(({ method, path }) => method !== 'GET' && path.startsWith('/v2/'))
      .map(({ method, path }) => `${method} ${path.replace(/^\/v2\/[^/]+\/fgs\//, '')}`);
  }

  /** Its state, without ids. */
  get state(): unknown {
    return [...this.functions].map(([name, { config, digest, asyncConfig, triggers }]) => ({
      name,
      config,
      digest,
      asyncConfig,
      triggers: triggers
        .filter(({ isBeingDeleted }) => !isBeingDeleted)
        .map(({ type, status, data }) => JSON.stringify({ type, status, data }))
        .sort(),
    }));
  }

  forget(): void {
    this.requests.length = 0;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** The bucket of the ledger: the part of OBS that a deploy uses. */
  #bucket(
    method: string,
    url: URL,
    sent: string,
  ): { status: number; content: string; headers?: Record<string, string> } {
    if (url.searchParams.has('append')) {
      return {
        status: 200,
        content: '',
        headers: { etag: '"e"', 'x-obs-next-append-position': String(Buffer.byteLength(sent)) },
      };
    }
    if (method === 'DELETE') return { status: 204, content: '' };
    if (url.searchParams.has('lifecycle') && method === 'PUT') {
      this.lifecycle = sent;
      return { status: 200, content: '' };
    }
    if (url.searchParams.has('lifecycle')) {
      if (this.lifecycle) return { status: 200, content: this.lifecycle };
      return {
        status: 404,
        content: '<Error><Code>NoSuchLifecycleConfiguration</Code><Message>none</Message></Error>',
      };
    }
    if (url.searchParams.has('versioning')) return { status: 200, content: '<VersioningConfiguration/>' };
    if (url.pathname.startsWith('/backups')) {
      const rows = this.objects.map(
        (key) =>
          `<Contents><Key>${key}</Key><LastModified>2999-01-01T00:00:00.000Z</LastModified><ETag>"e1"</ETag><Size>7</Size></Contents>`,
      );
      const list = `<Name>backups</Name><IsTruncated>false</IsTruncated>${rows.join('')}`;
      return { status: 200, content: `<ListBucketResult>${list}</ListBucketResult>` };
    }
    if (!this.ledgerKeys) {
      return { status: 403, content: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>' };
    }
    const rows = this.ledgerKeys.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e1"</ETag><Size>1</Size></Contents>`,
    );
    const list = `<Name>ops-ledger</Name><IsTruncated>false</IsTruncated>${rows.join('')}`;
    return { status: 200, content: `<ListBucketResult>${list}</ListBucketResult>` };
  }

  #dispatch(method: string, path: string, body: Fields): unknown {
    const [, kind, urn, ...rest] = /^\/v2\/[^/]+\/fgs\/(functions|triggers)(?:\/([^/]+))?(.*)$/.exec(path) ?? [];
    const tail = (rest[0] ?? '').split('/').filter((part) => part !== '');
    if (kind === 'functions' && urn === undefined) return method === 'POST' ? this.#create(body) : this.#list();
    const name = urn?.split(':')[6] ?? '';
    const found = this.functions.get(name);
    if (!found) throw new Refused(404, 'FSS.1051');
    if (kind === 'triggers') return this.#trigger(found, method, tail, body);
    const version = urn?.split(':')[7] ?? 'latest';
    if (method === 'GET' && (tail[0] === 'config' || tail[0] === 'export')) return this.#show(found, version, tail[0]);
    return this.#function(found, name, method, tail, body);
  }

  #create(body: Fields): unknown {
    const name = String(body['func_name']);
    if (this.functions.has(name)) throw new Refused(409, 'FSS.1061');
    const { func_code: code, ...config } = body;
    const digest = digestOf(code as Fields);
    this.functions.set(name, {
      config,
      digest,
      code: String((code as Fields)['file']),
      asyncConfig: undefined,
      triggers: [],
      versions: [],
      aliases: new Map(),
    });
    return { func_name: name };
  }

  #show(found: HeldFunction, version: string, what: 'config' | 'export'): unknown {
    const shown = version === 'latest' ? found : found.versions.find((candidate) => candidate.version === version);
    if (!shown) throw new Refused(404, 'FSS.1052');
    if (what === 'export') return this.handsOutCode ? { [shown.code]: null } : {};
    const secrets = JSON.parse(String(shown.config['encrypted_user_data'] ?? '{}')) as Fields;
    const masked = Object.fromEntries(Object.keys(secrets).map((key) => [key, '******']));
    return { ...shown.config, digest: shown.digest, encrypted_user_data: JSON.stringify(masked) };
  }

  #list(): unknown {
    const functions = [...this.functions.keys()].map((name) => ({ func_name: name, func_urn: `urn:${name}` }));
    return { functions, next_marker: functions.length };
  }

  #function(found: HeldFunction, name: string, method: string, [what, extra]: string[], body: Fields): unknown {
    if (what === undefined) return void this.functions.delete(name);
    if (what === 'code') {
      const digest = digestOf(body['func_code'] as Fields);
      if (digest === found.digest) throw new Refused(409, 'FSS.0409');
      found.digest = digest;
      found.code = String((body['func_code'] as Fields)['file']);
      return {};
    }
    if (what === 'config') {
      found.config = { ...found.config, ...body };
      return found.config;
    }
    if (what === 'async-invoke-config') {
      if (method === 'GET' && !found.asyncConfig) throw new Refused(404, 'FSS.0404');
      if (method === 'PUT') found.asyncConfig = body;
      if (method === 'DELETE') found.asyncConfig = undefined;
      return found.asyncConfig;
    }
    if (what === 'versions' && method === 'POST') {
      const { config, digest, code } = found;
      const last = found.versions.at(-1);
      if (last && isDeepStrictEqual([last.config, last.digest], [config, digest])) throw new Refused(400, 'FSS.1016');
      const version = `v${found.versions.length + 1}`;
      found.versions.push({ version, config, digest, code });
      return { version };
    }
    if (what === 'versions')
      return {
        versions: [{ version: 'latest' }, ...found.versions.map(({ version }) => ({ version }))],
        next_marker: 0,
      };
    if (what === 'aliases' && method === 'GET') {
      return [...found.aliases].map(([alias, version]) => ({ name: alias, version }));
    }
    if (what === 'aliases' && method === 'POST' && found.aliases.has(String(body['name']))) {
      throw new Refused(409, 'FSS.1063');
    }
    if (what === 'aliases') found.aliases.set(String(extra ?? body['name']), String(body['version']));
    if (what === 'invocations') return { request_id: 'r-1', result: '{"runs":[]}', log: 'one line', status: 200 };
    if (what === 'invocations-async') return { request_id: 'r-1' };
    if (what === 'lts-log-detail') return { group_id: 'g', group_name: 'group', stream_id: 's', stream_name: 'stream' };
    return {};
  }

  #trigger(found: HeldFunction, method: string, [type, id]: string[], body: Fields): unknown {
    if (method === 'GET') {
      const listed = found.triggers.map((trigger) => ({
        trigger_id: trigger.id,
        trigger_type_code: trigger.type,
        trigger_status: trigger.status,
        event_data: { ...trigger.data, added_by_the_service: 'x' },
      }));
      found.triggers = found.triggers.filter(({ isBeingDeleted }) => !isBeingDeleted);
      return listed;
    }
    if (method === 'POST') {
      const made = { type: String(body['trigger_type_code']), data: body['event_data'] as Fields };
      const keys = IDENTITY[made.type] ?? [];
      const same = (other: HeldTrigger) =>
        other.type === made.type && keys.every((key) => String(other.data[key]) === String(made.data[key]));
      if (found.triggers.some(same)) throw new Refused(409, 'FSS.1148');
      found.triggers.push({ ...made, id: randomUUID(), status: String(body['trigger_status']), isBeingDeleted: false });
      return {};
    }
    const trigger = found.triggers.find(
      (candidate) => candidate.id === id && candidate.type === type && !candidate.isBeingDeleted,
    );
    if (!trigger) throw new Refused(404, 'FSS.1138');
    if (method === 'PUT') trigger.status = String(body['trigger_status']);
    else trigger.isBeingDeleted = true;
    return method === 'PUT' ? {} : undefined;
  }
}

function digestOf(code: Fields): string {
  return createHash('sha512')
    .update(Buffer.from(String(code['file']), 'base64'))
    .digest('hex');
}
