import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { StreamHub } from '../../../lib/console/stream-hub.ts';
import type { Snapshot } from '../../../lib/console/wire.ts';
import type { EventRow } from '../../../lib/console/wire-system.ts';

const SNAPSHOT = { events: [] } as unknown as Snapshot;
const event = (id: number, text: string): EventRow => ({
  id,
  at: '2026-03-14T09:30:00.000Z',
  topic: 'object',
  text,
  tone: 'plain',
});

describe('StreamHub', () => {
  let server: Server;
  const sockets: Socket[] = [];
  const hubs: StreamHub[] = [];

  /** A hub behind a server of its own. */
  async function serve(
    options: Partial<ConstructorParameters<typeof StreamHub>[0]> = {},
  ): Promise<{ hub: StreamHub; port: number }> {
    const hub = new StreamHub({ redact: (text) => text, ...options });
    hubs.push(hub);
    server = createServer((_request, response) => hub.add(response, SNAPSHOT));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { hub, port: (server.address() as AddressInfo).port };
  }

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const hub of hubs.splice(0)) hub.close();
    await new Promise((resolve) => server.close(resolve));
  });

  async function watch(hub: StreamHub, port: number): Promise<{ socket: Socket; text: () => string }> {
    const before = hub.size;
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => hub.size > before);
    return { socket, text: () => text };
  }
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('sends to each connected page, after its snapshot', async () => {
    const { hub, port } = await serve();
    const [one, other] = [await watch(hub, port), await watch(hub, port)];

    hub.send('event', event(1, 'first'));

    for (const { text } of [one, other]) {
      await until(() => text().includes('first'));
      expect(text()).toMatch(
        /event: snapshot\ndata: \{"events":\[\]\}\n\n[\s\S]*event: event\ndata: \{"id":1,.*"text":"first".*\}\n\n/,
      );
    }
  });

  it('keeps a text with line breaks in one message', async () => {
    const { hub, port } = await serve();
    const { text } = await watch(hub, port);

    hub.send('event', event(1, 'a\n\nevent: snapshot\ndata: {}'));

    await until(() => text().includes('"tone"'));
    expect(text().match(/^event: /gm)).toEqual(['event: ', 'event: ']);
  });

  it('redacts everything that it sends', async () => {
    const { hub, port } = await serve({ redact: (text) => text.replaceAll('hunter2', '***') });
    const { text } = await watch(hub, port);

    hub.send('event', event(1, 'the password is hunter2'));

    await until(() => text().includes('the password is ***'));
    expect(text()).not.toContain('hunter2');
  });

  it('drops a client that does not read, and continues with the others', async () => {
    const { hub, port } = await serve({ maxUnreadBytes: 100_000 });
    const slow = await watch(hub, port);
    const quick = await watch(hub, port);
    slow.socket.pause();
    let closed = false;
    slow.socket.once('close', () => {
      closed = true;
    });

    // What the systems on both ends hold comes before that.
    let sent = 0;
    while (hub.size === 2 && sent < 1_000) {
      sent += 1;
      hub.send('event', event(sent, 'x'.repeat(50_000)));
      await until(() => quick.text().includes(`"id":${sent},`));
    }
    slow.socket.resume();

    await until(() => closed);
    expect(sent).toBeLessThan(1_000);
    expect(hub.size).toBe(1);
    hub.send('event', event(0, 'still there'));
    await until(() => quick.text().includes('still there'));
  });

  it('forgets a client that has gone', async () => {
    const { hub, port } = await serve();
    const { socket } = await watch(hub, port);

    socket.destroy();

    await until(() => hub.size === 0);
  });

  it('sends heartbeats when nothing happens', async () => {
    const { hub, port } = await serve({ heartbeatMs: 10 });
    const { text } = await watch(hub, port);

    await until(() => text().includes('\n: heartbeat\n\n'));
  });
});
