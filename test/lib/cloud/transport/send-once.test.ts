import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sendOnce } from '../../../../lib/cloud/transport/send-once.ts';

describe('a request that is sent once', () => {
  let server: Server;
  const received: string[] = [];
  beforeEach(async () => {
    received.length = 0;
    server = createServer((incoming, response) => {
      received.push(incoming.url ?? '');
      response.end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  const send = (sendBefore: number, onKeptConnection: boolean, signal?: AbortSignal) =>
    sendOnce({
      method: 'POST',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tasks`,
      headers: { connection: 'close' },
      body: '{}',
      onKeptConnection,
      connectTimeoutMs: 5_000,
      totalTimeoutMs: 5_000,
      sendBefore,
      ...(signal ? { signal } : {}),
    });

  it.each([false, true])('goes out before its time is over (kept connection: %s)', async (kept) => {
    expect(await send(Date.now() + 5_000, kept)).toMatchObject({ status: 200 });
    expect(received).toEqual(['/tasks']);
  });

  it.each([false, true])(
    'does not go out when its time is over while it connects (kept connection: %s)',
    async (kept) => {
      await expect(send(Date.now(), kept)).rejects.toMatchObject({ code: 'ETIMEDOUT', mayHaveBeenSent: false });
      expect(received).toEqual([]);
    },
  );

  it('ends when its signal is aborted, also before it goes out', async () => {
    const waiting = new AbortController();
    server.removeAllListeners('request').on('request', () => waiting.abort());
    const canceled = { code: 'ECANCELED' };
    await expect(send(Date.now() + 5_000, false, waiting.signal)).rejects.toMatchObject(canceled);
    await expect(send(Date.now() + 5_000, false, AbortSignal.abort())).rejects.toMatchObject({
      ...canceled,
      mayHaveBeenSent: false,
    });
  });
});
