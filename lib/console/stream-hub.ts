import type { ServerResponse } from 'node:http';
import type { Snapshot, StreamEvents } from './wire.ts';

export interface StreamHubOptions {
  /** Removes secrets from a text. */
  readonly redact: (text: string) => string;
  /** A client with more unread bytes than this, besides its snapshot, is dropped. @default 4 MiB */
  readonly maxUnreadBytes?: number;
  /** @default 15000 */
  readonly heartbeatMs?: number;
}

const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
const HEARTBEAT_MS = 15_000;
/** More pages than anyone would open. */
const MAX_CLIENTS = 20;

interface Client {
  readonly response: ServerResponse;
  /** Maximum number of unsent bytes. */
  readonly limit: number;
}

/** The connected pages. Each gets a snapshot and then changes. A page that does not read is dropped, and may reconnect. */
export class StreamHub {
  readonly #redact: (text: string) => string;
  readonly #maxUnread: number;
  readonly #clients = new Set<Client>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor({ redact, maxUnreadBytes = MAX_UNREAD_BYTES, heartbeatMs = HEARTBEAT_MS }: StreamHubOptions) {
    this.#redact = redact;
    this.#maxUnread = maxUnreadBytes;
    this.#heartbeat = setInterval(() => this.#write(': heartbeat\n\n'), heartbeatMs);
    this.#heartbeat.unref();
  }

  /** The number of connected pages. */
  get size(): number {
    return this.#clients.size;
  }

  get isFull(): boolean {
    return this.#clients.size >= MAX_CLIENTS;
  }

  /** Starts a stream. Response headers may be set, but nothing may have been sent yet. */
  add(response: ServerResponse, snapshot: Snapshot): void {
    const first = `retry: 1000\n\n${this.#message('snapshot', snapshot)}`;
    const client: Client = { response, limit: Buffer.byteLength(first) + this.#maxUnread };
    this.#clients.add(client);
    response.once('close', () => this.#clients.delete(client));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(first);
  }

  /** Sends a message to all connected pages. */
  send<Name extends keyof StreamEvents>(name: Name, value: StreamEvents[Name]): void {
    if (this.#clients.size > 0) this.#write(this.#message(name, value));
  }

  /** Ends all streams. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const { response } of this.#clients) response.destroy();
    this.#clients.clear();
  }

  #message<Name extends keyof StreamEvents>(name: Name, value: StreamEvents[Name]): string {
    return `event: ${name}\ndata: ${this.#redact(JSON.stringify(value))}\n\n`;
  }

  #write(text: string): void {
    for (const client of this.#clients) {
      client.response.write(text);
      if (client.response.writableLength <= client.limit) continue;
      this.#clients.delete(client);
      client.response.destroy();
    }
  }
}
