import type { ActiveFault } from '../../packages/local-cloud/src/cloud/active-faults.ts';
import type { LocalMessage } from '../../packages/local-cloud/src/cloud/smn/topics.ts';
import { durationMs } from '../schema/duration.ts';
import type { SystemFile } from './system-file.ts';

export interface RegionTime {
  readonly now: Date;
  /** How many times as fast as real time. */
  readonly rate: number;
}

/** In parts, because a request must not take minutes. */
const ADVANCE_MS = 6 * 3_600_000;

/** Controls a running local system: its faults, its clock, and what happens in it. Errors say what was asked and what came back. */
export class RegionControl {
  readonly #url: string;
  readonly #token: string;

  constructor({ cloud_url: url, token }: Pick<SystemFile, 'cloud_url' | 'token'>) {
    this.#url = `${url}/local`;
    this.#token = token;
  }

  /** The messages that were published to topics since the system started, oldest first. */
  async messages(): Promise<LocalMessage[]> {
    const { messages } = (await this.#send('GET', '/messages')) as { messages: LocalMessage[] };
    return messages;
  }

  async faults(): Promise<ActiveFault[]> {
    const { faults } = (await this.#send('GET', '/faults')) as { faults: ActiveFault[] };
    return faults;
  }

  /** @param fault in text form */
  async add(fault: string): Promise<void> {
    await this.#send('POST', '/faults', { fault });
  }

  /** @param which a number, or a text as listed */
  async undo(which: string): Promise<void> {
    await this.#send('DELETE', `/faults?fault=${encodeURIComponent(which)}`);
  }

  async clear(): Promise<void> {
    await this.#send('DELETE', '/faults');
  }

  async time(): Promise<RegionTime> {
    const { now, rate } = (await this.#send('GET', '/clock')) as { now: string; rate: number };
    return { now: new Date(now), rate };
  }

  async setRate(rate: number): Promise<void> {
    await this.#send('POST', '/clock', { rate });
  }

  /** Resolves when everything that became due has happened. */
  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= ADVANCE_MS)
      await this.#send('POST', '/clock', { advance_ms: Math.min(left, ADVANCE_MS) });
  }

  /** Resolves when the function has ended. @param timer the name of a trigger, or of its function */
  async tick(timer: string): Promise<void> {
    await this.#send('POST', '/ticks', { timer });
  }

  /** @param content at most 48 KB */
  async upload(bucket: string, key: string, content: Buffer): Promise<void> {
    await this.#send('POST', '/objects', { bucket, key, base64: content.toString('base64') });
  }

  async #send(method: string, path: string, body?: object): Promise<unknown> {
    const url = `${this.#url}${path}`;
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(noResponse(`${method} ${url}`));
    const text = await response.text();
    if (response.ok) return text === '' ? undefined : JSON.parse(text);
    // An error of 400 says by itself what was asked for.
    throw new Error(response.status === 400 ? errorIn(text) : `${method} ${url}: ${response.status} ${errorIn(text)}`);
  }
}

/** For a request to a local system that cannot be reached. @param what its method and URL */
export function noResponse(what: string): (cause: unknown) => never {
  return (cause) => {
    throw new Error(`${what}: no response; the local system may have ended without removing its file`, { cause });
  };
}

function errorIn(text: string): string {
  try {
    return (JSON.parse(text) as { error: string }).error;
  } catch {
    return text.trim();
  }
}

/** The region's time, which goes on at normal speed from when it is asked for; real time if there is no response. */
export async function regionClock(system: SystemFile): Promise<() => number> {
  const asked = await new RegionControl(system).time().catch(() => undefined);
  if (asked === undefined) return Date.now;
  const aheadMs = asked.now.getTime() - Date.now();
  return () => Date.now() + aheadMs;
}

/** ms of a duration such as `90s`, `10m` or `4h`. @throws {Error} for anything else */
export function readDuration(what: string, text: string): number {
  const ms = durationMs(text);
  if (ms === undefined) throw new Error(`${what} ${text}: must be a duration such as 90s, 10m, 4h or 2d`);
  return ms;
}
