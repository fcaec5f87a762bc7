import { createHash, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { peerUser } from './peer-user.ts';

/** Who asks: `own` has shown the token, or is the user who started the system; `other` is another user; of `unknown` nothing is known. */
export type Caller = 'own' | 'other' | 'unknown';

export interface CallersOptions {
  readonly token: string;
  /** The uid at the other end; undefined where nobody knows. @default what the kernel says */
  readonly userOf?: (socket: Socket) => Promise<number | undefined>;
}

/** Tells the user of this system from the other users of the machine, where requests are not signed. */
export class Callers {
  readonly #token: string;
  readonly #userOf: (socket: Socket) => Promise<number | undefined>;
  /** A connection stays whose it is. */
  readonly #known = new WeakMap<Socket, Promise<number | undefined>>();

  constructor({ token, userOf = peerUser }: CallersOptions) {
    this.#token = token;
    this.#userOf = userOf;
  }

  /** @param shown the token that came with the request, if one did */
  async whoAsks({ socket }: Pick<IncomingMessage, 'socket'>, shown: string | undefined): Promise<Caller> {
    if (shown !== undefined && isSame(shown, this.#token)) return 'own';
    const asked = this.#known.get(socket) ?? this.#userOf(socket);
    this.#known.set(socket, asked);
    const user = await asked;
    if (user === undefined) return 'unknown';
    return user === process.getuid?.() ? 'own' : 'other';
  }
}

/** Does the kernel of this machine say who asks? Elsewhere people need the token. */
export function kernelKnowsUsers(): boolean {
  return process.getuid !== undefined && existsSync('/proc/net/tcp');
}

/** The token of `Authorization: Bearer ...`. */
export function bearerToken({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  return /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** In a time that says nothing of how much is right. */
export function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
