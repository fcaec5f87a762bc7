import type { ServerResponse } from 'node:http';
import type { Snapshot, StreamEvents } from './wire.ts';

export interface StreamHubOptions {
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  /** A client that has not read so many bytes beside its snapshot is dropped. @default 4 MiB */
  readonly mostUnreadBytes?: number;
  /** @default 15000 */
  readonly heartbeatMs?: number;
}

const MAX_UNREAD_BYTES = 4 * 1024 * 1024;
const HEARTBEAT_MS = 15_000;
/** More pages than anybody has open. */
const MAX_CLIENTS = 20;

interface Client {
  readonly response: ServerResponse;
  /** How much may be on its way to it, in bytes. */
  readonly most: number;
}

/** The pages that watch. Each gets a snapshot and then what changes; one that does not read is dropped, and may come back. */
export class StreamHub {
  readonly #redact: (text: string) => string;
  readonly #mostUnread: number;
  readonly #clients = new Set<Client>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor({ redact, mostUnreadBytes = MAX_UNREAD_BYTES, heartbeatMs = HEARTBEAT_MS }: StreamHubOptions) {
    this.#redact = redact;
    this.#mostUnread = mostUnreadBytes;
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), heartbeatMs);
    this.#heartbeat.unref();
  }

  /** How many watch. */
  get size(): number {
    return this.#clients.size;
  }

  get isFull(): boolean {
    return this.#clients.size >= MAX_CLIENTS;
  }

  /** Begins a stream. The head of the answer is set, and nothing of it is sent yet. */
  add(response: ServerResponse, snapshot: Snapshot): void {
    const first = `retry: 1000\n\n${this.#message('snapshot', snapshot)}`;
    const client: Client = { response, most: Buffer.byteLength(first) + this.#mostUnread };
    this.#clients.add(client);
    response.once('close', () => this.#clients.delete(client));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(first);
  }

  /** Tells all who watch. */
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
      if (client.response.writableLength <= client.most) continue;
      this.#clients.delete(client);
      client.response.destroy();
    }
  }
}
