import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { foreignPageReason } from '../own-site.ts';

/** Handles the requests of a server. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface RunningServer {
  readonly port: number;
  /** Without a trailing slash. */
  readonly url: string;
  /** Closes all connections and the port. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Serves over HTTP on this machine only. Requests from web pages are refused, signed or not.
 *
 * @param port 0 selects any free port
 * @throws {Error} when the port is in use
 */
export async function startServer(front: RequestHandler, port: number): Promise<RunningServer> {
  const server = createServer((request, response) => {
    const foreign = foreignPageReason(request, request.socket.localPort ?? 0);
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
