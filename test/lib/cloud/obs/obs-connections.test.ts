import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { makeObsClient } from '../../../../lib/cloud/obs/obs-client.ts';
import { makeKeysGuard } from '../../../../lib/cloud/transport/keys-guard.ts';
import { Secret } from '../../../../lib/kernel/secret.ts';

/** A fake OBS that returns success for everything. It counts requests and, when told to, closes a reused connection instead of responding. */
class CountingObs {
  readonly seen: { readonly method: string; readonly onUsed: boolean }[] = [];
  closesUsed = 0;
  readonly #used = new WeakSet<Socket>();
  readonly #server: Server = createServer((request, response) => {
    const onUsed = this.#used.has(request.socket);
    this.#used.add(request.socket);
    this.seen.push({ method: request.method ?? '', onUsed });
    if (onUsed && this.closesUsed > 0) {
      this.closesUsed -= 1;
      request.socket.destroy();
      return;
    }
    response.writeHead(200, { 'x-amz-request-id': 'r', etag: '"e"' }).end(request.method === 'GET' ? 'text' : '');
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

describe('connections to OBS', () => {
  let obs: CountingObs;
  let endpoint = '';

  beforeEach(async () => {
    obs = new CountingObs();
    endpoint = await obs.start();
  });
  afterEach(() => obs.stop());

  /** Each invocation makes its own client. */
  const makeClient = () =>
    makeObsClient({
      endpoint,
      bucket: 'b',
      credentials: { accessKey: 'AKOFTHETEST', secretKey: new Secret('sk-of-the-test') },
      remainingMs: () => 5_000,
      keysGuard: makeKeysGuard(() => 0),
    });
  const read = () => makeClient().call('getObject', { Key: 'k' });
  const change = () => makeClient().call('putObject', { Key: 'k', Body: 'text' });

  it('are reused for reads and new for each change', async () => {
    for (const call of [read, read, change, change, read]) await call();

    expect(obs.seen).toEqual([
      { method: 'GET', onUsed: false },
      { method: 'GET', onUsed: true },
      { method: 'PUT', onUsed: false },
      { method: 'PUT', onUsed: false },
      { method: 'GET', onUsed: true },
    ]);
  });

  it('retry a read once, immediately, when a kept-alive connection was closed', async () => {
    await read();
    obs.closesUsed = 1;

    await expect(read()).resolves.toMatchObject({ status: 200, result: { Content: 'text' } });
    expect(obs.seen).toEqual([
      { method: 'GET', onUsed: false },
      { method: 'GET', onUsed: true },
      { method: 'GET', onUsed: false },
    ]);
  });

  it('retry a read only once when all kept-alive connections were closed', async () => {
    await Promise.all([read(), read()]);
    obs.closesUsed = 2;

    await expect(read()).resolves.toMatchObject({ status: 200 });
    expect(obs.seen.slice(2)).toEqual([
      { method: 'GET', onUsed: true },
      { method: 'GET', onUsed: false },
    ]);
  });
});
