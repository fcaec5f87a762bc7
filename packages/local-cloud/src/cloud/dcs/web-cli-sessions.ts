import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';

/** "The session ends after 5 minutes without an operation" (console). */
const IDLE_MS = 300_000;

/** The sessions of Web CLI. They are credentials, so they are not stored: a restart ends them. */
export class WebCliSessions {
  readonly #clock: Clock;
  readonly #byId = new Map<string, { readonly instanceId: string; usedAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the `client_id` */
  open(instanceId: string): string {
    const id = randomUUID();
    this.#byId.set(id, { instanceId, usedAt: this.#clock.now() });
    return id;
  }

  /** Whether the session exists for this instance; if so, it is extended. */
  use(id: string, instanceId: string): boolean {
    const session = this.#byId.get(id);
    if (session?.instanceId !== instanceId) return false;
    if (this.#clock.documentedMs(session.usedAt) >= IDLE_MS) {
      this.#byId.delete(id);
      return false;
    }
    session.usedAt = this.#clock.now();
    return true;
  }

  /** Ends a session. @returns whether it existed */
  close(id: string, instanceId: string): boolean {
    return this.use(id, instanceId) && this.#byId.delete(id);
  }

  /** Ends all sessions of an instance, as a restart does. */
  closeAll(instanceId: string): void {
    for (const [id, session] of this.#byId) if (session.instanceId === instanceId) this.#byId.delete(id);
  }
}
