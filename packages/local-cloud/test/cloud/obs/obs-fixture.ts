import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Clock } from '../../../src/cloud/clock.ts';
import { type LocalCloud, startLocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { BucketSettings } from '../../../src/cloud/obs/bucket.ts';
import type { ObjectEvent } from '../../../src/cloud/obs/object-event.ts';
import { ACCOUNT } from '../caller.ts';
import { makeSdk, type Sdk } from './sdk.ts';
import { codeOf, type ReceivedResponse, type SignedRequest, sendSigned } from './signed-request.ts';

const TOKEN = 'TOKEN';
/** A Saturday. */
const START = Date.UTC(2026, 2, 14, 12);
export const DAY_MS = 24 * 60 * 60 * 1000;

/** A local OBS with clients: the official SDK, which signs in the dialect of S3, and raw requests. */
export class ObsFixture {
  readonly events: ObjectEvent[] = [];
  readonly clock = new Clock({ frozenAt: START });
  readonly home: string;
  cloud!: LocalCloud;
  sdk!: Sdk;

  private constructor(home: string) {
    this.home = home;
  }

  static async start(buckets: readonly BucketSettings[]): Promise<ObsFixture> {
    const fixture = new ObsFixture(await mkdtemp(path.join(tmpdir(), 'obs-')));
    await fixture.#open(buckets);
    return fixture;
  }

  async restart(buckets: readonly BucketSettings[]): Promise<void> {
    await this.cloud.close();
    await this.#open(buckets);
  }

  async close(): Promise<void> {
    await this.cloud.close();
    await rm(this.home, { recursive: true });
  }

  async #open(buckets: readonly BucketSettings[]): Promise<void> {
    this.cloud = await startLocalCloud({
      // The same keys with and without a token: the SDK has none, raw requests need none.
      accounts: [ACCOUNT, { ...ACCOUNT, accessKey: 'AK2', securityToken: TOKEN }],
      clock: this.clock,
      topics: [TOPIC],
      obs: {
        buckets,
        folder: path.join(this.home, 'buckets'),
        stateFolder: path.join(this.home, 'obs'),
        onChange: (event) => this.events.push(event),
      },
    });
    this.sdk = await makeSdk(this.cloud.obsUrl, { ...ACCOUNT, accessKey: 'AK2', securityToken: TOKEN });
  }

  send(method: string, url: string, request: SignedRequest = {}): Promise<ReceivedResponse> {
    return sendSigned(this.cloud.obsUrl, method, url, request);
  }

  /** Sends a document with its MD5. @returns the status and the code of the error, if there is one */
  async put(url: string, body: string, method = 'PUT'): Promise<[number, string?]> {
    const response = await this.send(method, url, { body, headers: { 'content-md5': md5(body) } });
    return result(response);
  }

  async get(url: string, request: SignedRequest = {}): Promise<[number, string?]> {
    return result(await this.send('GET', url, request));
  }

  /** The status and code of a call of the SDK. */
  async status(operation: string, parameters: Readonly<Record<string, unknown>>): Promise<[number, string]> {
    const { CommonMsg } = await this.sdk(operation, parameters);
    return [CommonMsg.Status, CommonMsg.Code];
  }

  eventNames(): string[] {
    return this.events.map(({ eventName }) => eventName);
  }
}

export const TOPIC = `urn:smn:ap-southeast-3:${ACCOUNT.projectId}:ops`;

export function result(response: ReceivedResponse): [number, string?] {
  const code = codeOf(response);
  return code === undefined ? [response.status] : [response.status, code];
}

export function md5(body: string): string {
  return createHash('md5').update(body).digest('base64');
}
