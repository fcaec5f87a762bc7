import { CloudError } from '../../kernel/errors.ts';
import type { ObsObject, ObsService } from '../../ports/obs.ts';
import { fieldsOf, numberOf, objectsOf, withoutAbsent } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';
import type { CloudOptions } from '../transport/sdk-client.ts';
import { unusableResponse } from '../transport/unusable-response.ts';
import { makeObsClient, type ObsClient } from './obs-client.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The documented limit of ListObjects and ListVersions (API reference obs_04_0022). */
const PAGE_ROWS = 1_000;

/**
 * Read-only access to objects in buckets, over the official OBS SDK.
 *
 * `listSince` first checks whether the bucket has versions (`obs:bucket:GetBucketVersioning`) and then reads 1,000 objects per request, with
 * `obs:bucket:ListBucketVersions` if it has, otherwise with `obs:bucket:ListBucket`. An object that changes during the listing may be missed;
 * the next sweep finds it.
 *
 * @throws {ConfigError} from its methods, when the keys are missing or the endpoint is malformed
 */
export function makeObsService(options: CloudOptions): ObsService {
  const clients = new Map<string, ObsClient>();
  const clientOf = (bucket: string): ObsClient => {
    const client = clients.get(bucket) ?? makeObsClient({ ...options, bucket });
    clients.set(bucket, client);
    return client;
  };

  return {
    async readStart(bucket, key, count) {
      try {
        const { bytes, ...identity } = await clientOf(bucket).readRange(key, 0, count);
        return { ...identity, start: bytes };
      } catch (error) {
        // Not even the first byte exists: the object is empty.
        if (error instanceof CloudError && error.status === 416) return { size: 0, start: Buffer.alloc(0) };
        throw error;
      }
    },

    async readEnd(bucket, key, from, size) {
      try {
        const { size: sizeNow, bytes } = await clientOf(bucket).readRange(key, from, size - from);
        return sizeNow === size ? bytes : undefined;
      } catch (error) {
        if (error instanceof CloudError && error.status === 416) return undefined;
        throw error;
      }
    },

    async listSince(bucket, prefix, since, limit, after, shouldContinue = () => true) {
      const sinceMs = Date.parse(since);
      if (Number.isNaN(sinceMs)) throw invalidSince(since);
      const client = clientOf(bucket);
      const { result } = await client.call('getBucketVersioningConfiguration', {});
      // Absent in a bucket that never had versions; a `Suspended` bucket keeps its earlier ones.
      const pages = stringOf(result['VersionStatus'])
        ? versionPages(client, prefix, after)
        : objectPages(client, prefix, after);
      const found: ObsObject[] = [];
      for await (const { objects, upTo } of pages) {
        found.push(...objects.filter(({ lastModified }) => Date.parse(lastModified) >= sinceMs));
        if (found.length >= limit || (upTo !== undefined && !shouldContinue(upTo))) break;
      }
      return found.slice(0, limit);
    },
  };
}

/** The objects that one request listed, and the last key that it covered. */
interface Page {
  readonly objects: readonly ObsObject[];
  readonly upTo?: string;
}

async function* objectPages(client: ObsClient, prefix: string, after?: string): AsyncGenerator<Page> {
  let marker = after;
  for (;;) {
    const parameters = { Prefix: prefix, ...(marker !== undefined && { Marker: marker }), ...PAGE };
    const { result } = await client.call('listObjects', parameters);
    const page = rowsOf('ListObjects', result, 'Contents').map((row) => readObject('ListObjects', row));
    const last = page.at(-1)?.key;
    yield { objects: page, ...(last === undefined ? {} : { upTo: last }) };
    if (isLastPage('ListObjects', result) || last === undefined) return;
    if (last === marker) throw listRepeatsError('ListObjects');
    marker = last;
  }
}

async function* versionPages(client: ObsClient, prefix: string, after?: string): AsyncGenerator<Page> {
  let next: { readonly KeyMarker?: string; readonly VersionIdMarker?: string } =
    after === undefined ? {} : { KeyMarker: after };
  for (;;) {
    const { result } = await client.call('listVersions', { Prefix: prefix, ...next, ...PAGE });
    // Delete markers are in a separate list: a key whose latest version is a delete marker has no latest object.
    const objects = rowsOf('ListVersions', result, 'Versions')
      .filter(({ IsLatest }) => IsLatest === 'true')
      .map((row) => readObject('ListVersions', row));
    const key = stringOf(result['NextKeyMarker']);
    // The latest version of a key comes first, so a listing that resumes after the key misses nothing.
    yield { objects, ...(key === undefined ? {} : { upTo: key }) };
    if (isLastPage('ListVersions', result)) return;
    const version = stringOf(result['NextVersionIdMarker']);
    if (key === undefined || (key === next.KeyMarker && version === next.VersionIdMarker)) {
      throw listRepeatsError('ListVersions');
    }
    next = { KeyMarker: key, ...(version !== undefined && { VersionIdMarker: version }) };
  }
}

/** A key may contain characters that XML cannot: OBS escapes them on request, and the SDK unescapes them. */
const PAGE = { MaxKeys: PAGE_ROWS, EncodingType: 'url' } as const;

function rowsOf(operation: string, result: Fields, name: string): readonly Fields[] {
  const rows = objectsOf(result[name]);
  if (rows !== undefined) return rows;
  throw unusableResponse('OBS', operation, 'not_a_list', `the response has no list ${name}`);
}

function isLastPage(operation: string, { IsTruncated }: Fields): boolean {
  if (IsTruncated === 'true' || IsTruncated === 'false') return IsTruncated === 'false';
  throw unusableResponse('OBS', operation, 'not_a_list', 'the response does not say whether the list is complete');
}

function readObject(operation: string, fields: Fields): ObsObject {
  const { Key, Size, ETag, VersionId, LastModified } = fieldsOf(fields);
  const size = numberOf(Size);
  const modifiedMs = Date.parse(String(LastModified));
  if (typeof Key !== 'string' || typeof ETag !== 'string' || size === undefined || Number.isNaN(modifiedMs)) {
    throw unusableResponse('OBS', operation, 'no_object', 'an object in the response has no key, size, eTag or time');
  }
  return withoutAbsent({
    key: Key,
    size,
    eTag: ETag.replace(/^"|"$/g, ''),
    versionId: VersionId === 'null' ? undefined : stringOf(VersionId),
    lastModified: new Date(modifiedMs).toISOString(),
  });
}

function listRepeatsError(operation: string): CloudError {
  return unusableResponse(
    'OBS',
    operation,
    'list_repeats',
    'the list is incomplete, but the response has no marker for the next page',
  );
}

function invalidSince(since: string): CloudError {
  return new CloudError({
    service: 'OBS',
    operation: 'ListObjects',
    outcome: 'not_sent',
    temporary: false,
    cloudCode: 'bad_time',
    cloudMessage: `${JSON.stringify(since.slice(0, 64))} is not a valid time; use ISO 8601`,
  });
}
