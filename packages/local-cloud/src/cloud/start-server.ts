import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { foreignPage } from '../own-site.ts';

/** Answers each request, as a service does. */
export type Front = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface RunningServer {
  readonly port: number;
  /** Without a slash at the end. */
  readonly url: string;
  /** Breaks all connections and frees the port. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Serves over HTTP on this machine alone. Signed or not, no page of a browser has business here.
 *
 * @param port 0 takes any free one
 * @throws {Error} when the port is taken
 */
export async function startServer(front: Front, port: number): Promise<RunningServer> {
  const server = createServer((request, response) => {
    const foreign = foreignPage(request, request.socket.localPort ?? 0);
    if (foreign === undefined) front(request, response).catch(() => request.socket.destroy());
    else response.writeHead(403, { 'Content-Type': 'application/json' }).end(`${JSON.stringify({ error: foreign })}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(new Error(`start the local cloud on ${HOST}:${port}`, { cause })));
    server.listen(port, HOST, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return { port: taken, url: `http://${HOST}:${taken}`, close: () => closeServer(server) };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
