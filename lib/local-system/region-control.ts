import type { LocalMessage } from '../../packages/local-cloud/src/cloud/smn/topics.ts';
import type { SystemFile } from './system-file.ts';

/** Controls a running local system. Errors say what was asked and what came back. */
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

  async #send(method: string, path: string): Promise<unknown> {
    const url = `${this.#url}${path}`;
    const headers = { authorization: `Bearer ${this.#token}` };
    const response = await fetch(url, { method, headers }).catch((cause: unknown) => {
      throw new Error(`${method} ${url}: no response; the local system may have ended without removing its file`, {
        cause,
      });
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    throw new Error(`${method} ${url}: ${response.status} ${text.trim()}`);
  }
}
