import { asCloudCode } from '../../lib/cloud/transport/cloud-code.ts';
import type { ObjectTrigger } from '../../lib/events/trigger.ts';
import { CloudError } from '../../lib/kernel/errors.ts';
import type { ObjectStart, ObsObject, ObsService } from '../../lib/ports/obs.ts';
import { compareKeys } from '../../packages/local-cloud/src/cloud/obs/key-order.ts';

/** Maximum number of keys per request, as in OBS. */
const PAGE = 1_000;

/** Buckets in memory, with or without versioning. */
export class FakeObs implements ObsService {
  readonly #buckets = new Map<string, Map<string, ObsObject>>();
  readonly #contents = new Map<string, Buffer>();
  readonly #versioned: boolean;
  readonly #others: Buffer | undefined;
  #puts = 0;
  /** Prefixes that were listed. */
  readonly listed: string[] = [];
  /** From now on, do only objects exist that were put? */
  hasNothingElse = false;
  /** Errors of the next listings. */
  readonly failures: CloudError[] = [];
  /** Errors of the next reads. */
  readonly readFailures: CloudError[] = [];
  /** Objects whose start was read. */
  readonly read: string[] = [];

  /** @param others content of every object that was never put; listings do not have them. Absent: they do not exist */
  constructor(options: { readonly versioned?: boolean; readonly others?: string } = {}) {
    this.#versioned = options.versioned ?? false;
    this.#others = options.others === undefined ? undefined : Buffer.from(options.others, 'latin1');
  }

  /** @returns its notification, which the test delivers or loses */
  put(bucket: string, key: string, content: string, time: string, eTag = `etag-of-${content}`): ObjectTrigger {
    this.#puts += 1;
    const version = this.#versioned ? { versionId: `v${this.#puts}` } : {};
    const object: ObsObject = { key, size: content.length, eTag, ...version, lastModified: time };
    this.#contents.set(`${bucket}/${key}`, Buffer.from(content, 'latin1'));
    const objects = this.#buckets.get(bucket) ?? new Map<string, ObsObject>();
    this.#buckets.set(bucket, objects.set(key, object));
    const { size } = object;
    return {
      kind: 'object',
      created: true,
      eventName: 'ObjectCreated:Put',
      bucket,
      key,
      size,
      eTag,
      ...version,
      sequencer: `sequencer-${this.#puts}`,
      time,
      warnings: [],
    };
  }

  async readStart(bucket: string, key: string, bytes: number): Promise<ObjectStart> {
    this.read.push(`${bucket}/${key}`);
    const failure = this.readFailures.shift();
    if (failure) throw failure;
    const content = this.#contentOf(bucket, key);
    const { eTag, versionId, lastModified } = this.#buckets.get(bucket)?.get(key) ?? {};
    return {
      size: content.length,
      ...(eTag === undefined ? {} : { eTag }),
      ...(versionId === undefined ? {} : { versionId }),
      ...(lastModified === undefined ? {} : { lastModified }),
      start: content.subarray(0, bytes),
    };
  }

  async readEnd(bucket: string, key: string, from: number, size: number): Promise<Buffer | undefined> {
    const content = this.#contentOf(bucket, key);
    return content.length === size ? content.subarray(from) : undefined;
  }

  remove(bucket: string, key: string): void {
    this.#buckets.get(bucket)?.delete(key);
    this.#contents.delete(`${bucket}/${key}`);
  }

  #contentOf(bucket: string, key: string): Buffer {
    const content = this.#contents.get(`${bucket}/${key}`) ?? (this.hasNothingElse ? undefined : this.#others);
    if (!content) throw obsRefusal(404, 'NoSuchKey');
    return content;
  }

  async listSince(
    bucket: string,
    prefix: string,
    since: string,
    limit: number,
    after = '',
    shouldContinue: (upTo: string) => boolean = () => true,
  ): Promise<ObsObject[]> {
    this.listed.push(`${bucket}/${prefix}`);
    const failure = this.failures.shift();
    if (failure) throw failure;
    const sinceMs = Date.parse(since);
    if (Number.isNaN(sinceMs)) {
      const details = { service: 'OBS', operation: 'ListObjects', outcome: 'not_sent', temporary: false } as const;
      throw new CloudError({ ...details, cloudCode: 'bad_time' });
    }
    const all = [...(this.#buckets.get(bucket)?.values() ?? [])]
      .filter(({ key }) => key.startsWith(prefix) && compareKeys(key, after) > 0)
      .sort((a, b) => compareKeys(a.key, b.key));
    const found: ObsObject[] = [];
    for (let i = 0; i < all.length && found.length < limit; i += PAGE) {
      const page = all.slice(i, i + PAGE);
      found.push(...page.filter(({ lastModified }) => Date.parse(lastModified) >= sinceMs));
      if (!shouldContinue(page.at(-1)?.key ?? '')) break;
    }
    return found.slice(0, limit);
  }
}

/** The error of a listing that is denied, or that fails temporarily. */
export function listFailure(outcome: 'rejected' | 'unknown'): CloudError {
  const status = outcome === 'rejected' ? 403 : 503;
  return new CloudError({
    service: 'OBS',
    operation: 'ListObjects',
    outcome,
    temporary: outcome === 'unknown',
    status,
  });
}

/** The error of a read that OBS refuses. */
export function obsRefusal(status: number, code?: string): CloudError {
  return new CloudError({
    service: 'OBS',
    operation: 'GetObject',
    outcome: status < 400 || status >= 500 ? 'unknown' : 'rejected',
    temporary: status >= 500,
    status,
    ...(code === undefined ? {} : { cloudCode: asCloudCode(code) }),
    requestId: 'request-1',
  });
}
