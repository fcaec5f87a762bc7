import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { peerUser } from './peer-user.ts';

/** Who sent a request: `own` presented the token or is the user who started the system; `other` is another user; `unknown` could not be identified. */
export type Caller = 'own' | 'other' | 'unknown';

export interface CallersOptions {
  readonly token: string;
  /** The uid at the other end of the connection; undefined if unknown. @default as reported by the kernel */
  readonly userOf?: (socket: Socket) => Promise<number | undefined>;
}

/** Distinguishes the user of this system from other users of the machine, for requests that are not signed. */
export class Callers {
  readonly #token: string;
  readonly #userOf: (socket: Socket) => Promise<number | undefined>;
  /** The user of a connection does not change. */
  readonly #known = new WeakMap<Socket, Promise<number | undefined>>();

  constructor({ token, userOf = peerUser }: CallersOptions) {
    this.#token = token;
    this.#userOf = userOf;
  }

  /** @param presented the token of the request, if it has one */
  async identify({ socket }: Pick<IncomingMessage, 'socket'>, shown: string | undefined): Promise<Caller> {
    if (shown !== undefined && isSame(shown, this.#token)) return 'own';
    const pending = this.#known.get(socket) ?? this.#userOf(socket);
    this.#known.set(socket, pending);
    const user = await pending;
    if (user === undefined) return 'unknown';
    return user === process.getuid?.() ? 'own' : 'other';
  }
}

/** Whether the kernel of this machine can identify the user of a connection. If not, users need the token. */
export function canIdentifyUsers(): boolean {
  return process.getuid !== undefined && existsSync('/proc/net/tcp');
}

/** The token of `Authorization: Bearer ...`. */
export function bearerToken({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** Compares in constant time. */
export function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
