import { CloudError } from '../../kernel/errors.ts';
import { makeObsClient, type ObsOptions } from '../obs/obs-client.ts';
import { objectsOf } from '../transport/read-fields.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';

/** A page of a list. */
interface ProbePage {
  readonly names: readonly string[];
  readonly isTruncated: boolean;
}

/** Objects below one prefix. Every method throws `CloudError`; names are relative to the prefix. */
export interface ProbeFolder {
  readonly bucket: string;
  readonly prefix: string;
  /** The prefix, for people: `obs://bucket/prefix`. */
  readonly where: string;
  /** `refused`: 409, the position is not the end of the object. */
  append(name: string, position: number, text: string): Promise<'appended' | 'refused'>;
  put(name: string, text: string): Promise<void>;
  /** Uploads an object in one part. @returns its eTag, without quotes */
  putInParts(name: string, text: string): Promise<string>;
  /** What the service says of an object. @returns its eTag, without quotes, and when it was last modified, ms since 1970 */
  describe(name: string): Promise<{ readonly eTag: string; readonly modifiedAt: number }>;
  /** `undefined` when the object does not exist. */
  read(name: string): Promise<string | undefined>;
  /** The first page of the objects whose names start with this. */
  list(start: string, rows: number): Promise<ProbePage>;
  remove(name: string): Promise<void>;
  /** Removes all objects of this folder that this object wrote, or that a list shows. @returns how many */
  removeAll(): Promise<number>;
}

interface Version {
  readonly Key: string;
  readonly VersionId: string;
}

/** The name of an object whose event is of interest begins like this: each character that encodings treat differently, and no escape. */
export const EVENT_OBJECT = 'a b+c%-';
/** One name below a probe's folder. */
const NAME = /^[a-z0-9][a-z0-9/-]*$/;
/** The folder of one run: its time, and random digits. Nothing else is ever written or removed. */
const FOLDER = /(^|\/|\.migrations-)probe\/\d{8}T\d{6}Z-[0-9a-f]{8}\/$/;
const PAGE_ROWS = 1000;
const MAX_PARALLEL_REMOVALS = 8;
/** No probe takes as long. */
const LEFTOVER_MS = 60 * 60_000;

interface FolderOptions extends ObsOptions {
  readonly prefix: string;
  /** Another process writes there, too. @default false */
  readonly isShared?: boolean;
}

/** @throws {Error} if the prefix is not the folder of one run */
export function makeProbeFolder(options: FolderOptions): ProbeFolder {
  const { bucket, prefix, isShared = false } = options;
  if (!FOLDER.test(prefix)) throw new Error(`${JSON.stringify(prefix)} is not the folder of a probe`);
  const obs = makeObsClient(options);
  /** What may exist. */
  const written = new Set<string>();
  let mayHaveWritten = isShared;
  const keyOf = (name: string) => {
    if (!NAME.test(name) && !name.startsWith(EVENT_OBJECT))
      throw new Error(`${JSON.stringify(name)} is not a name in the folder of a probe`);
    return prefix + name;
  };
  /** Unless the service refuses the call, the object may exist, whatever the response is. */
  const write = async <T>(name: string, call: (key: string) => Promise<T>): Promise<T> => {
    const key = keyOf(name);
    try {
      const result = await call(key);
      mayHaveWritten = true;
      written.add(name);
      return result;
    } catch (error) {
      if (!(error instanceof CloudError) || error.outcome === 'unknown') {
        mayHaveWritten = true;
        written.add(name);
      }
      throw error;
    }
  };
  const list = async (start: string, rows: number): Promise<ProbePage> => {
    const { result } = await obs.call('listObjects', { Prefix: prefix + start, MaxKeys: rows });
    const names = (objectsOf(result['Contents']) ?? []).map(({ Key }) => String(Key).slice(prefix.length));
    return { names, isTruncated: result['IsTruncated'] === 'true' };
  };
  const removeListed = async (name: string) => {
    await unlessAbsent(obs.call('deleteObject', { Key: prefix + name }), { codes: ['NoSuchKey'] });
    written.delete(name);
  };

  /** Without the permission to ask, a bucket counts as one without versioning. */
  const hasVersions = async (): Promise<boolean> => {
    try {
      const { result } = await obs.call('getBucketVersioningConfiguration', {});
      return typeof result['VersionStatus'] === 'string' && result['VersionStatus'] !== '';
    } catch (error) {
      if (error instanceof CloudError && error.status === 403) return false;
      throw error;
    }
  };
  /** The versions of removed objects, and what marks them as removed. */
  const versions = async (): Promise<Version[]> => {
    const found: Version[] = [];
    for (let after: Readonly<Record<string, unknown>> = {}; ; ) {
      const { result } = await obs.call('listVersions', { Prefix: prefix, MaxKeys: PAGE_ROWS, ...after });
      const rows = [...(objectsOf(result['Versions']) ?? []), ...(objectsOf(result['DeleteMarkers']) ?? [])];
      found.push(...rows.map(({ Key, VersionId }) => ({ Key: String(Key), VersionId: String(VersionId) })));
      if (result['IsTruncated'] !== 'true' || rows.length === 0) return found;
      after = { KeyMarker: result['NextKeyMarker'], VersionIdMarker: result['NextVersionIdMarker'] };
    }
  };
  const removeVersion = async (version: Version) => {
    await unlessAbsent(obs.call('deleteObject', { ...version }), { codes: ['NoSuchVersion', 'NoSuchKey'] });
  };

  return {
    bucket,
    prefix,
    where: `obs://${bucket}/${prefix}`,

    async append(name, position, text) {
      try {
        await write(name, (Key) => obs.call('appendObject', { Key, Position: position, Body: text }));
        return 'appended';
      } catch (error) {
        if (error instanceof CloudError && error.status === 409) return 'refused';
        throw error;
      }
    },

    async put(name, text) {
      await write(name, (Key) => obs.call('putObject', { Key, Body: text }));
    },

    async putInParts(name, text) {
      const upload = { Key: keyOf(name) };
      const { UploadId } = (await obs.call('initiateMultipartUpload', upload)).result;
      try {
        const part = await obs.call('uploadPart', { ...upload, UploadId, PartNumber: 1, Body: text });
        const Parts = [{ PartNumber: 1, ETag: part.result['ETag'] }];
        const done = await write(name, () => obs.call('completeMultipartUpload', { ...upload, UploadId, Parts }));
        return String(done.result['ETag']).replaceAll('"', '');
      } catch (error) {
        // Parts of an upload that was not completed are invisible, and are charged for.
        await obs.call('abortMultipartUpload', { ...upload, UploadId }).catch(() => undefined);
        throw error;
      }
    },

    async describe(name) {
      const { result } = await obs.call('getObject', { Key: keyOf(name) });
      return {
        eTag: String(result['ETag']).replaceAll('"', ''),
        modifiedAt: Date.parse(String(result['LastModified'])),
      };
    },

    async read(name) {
      const found = await unlessAbsent(obs.call('getObject', { Key: keyOf(name) }), { codes: ['NoSuchKey'] });
      // The SDK omits the content of an empty object.
      return found && String(found.result['Content'] ?? '');
    },

    list,

    async remove(name) {
      keyOf(name);
      await removeListed(name);
    },

    async removeAll() {
      if (!mayHaveWritten) return 0;
      const removed = new Set<string>();
      for (;;) {
        const listed = await list('', PAGE_ROWS);
        // A list may still show what was removed.
        const names = [...new Set([...written, ...listed.names])].filter((name) => !removed.has(name));
        await inParallel(names, removeListed);
        for (const name of names) removed.add(name);
        if (!listed.isTruncated || names.length === 0) break;
      }
      if (await hasVersions()) await inParallel(await versions(), removeVersion);
      return removed.size;
    },
  };
}

/**
 * Removes the folders of earlier probes that were killed: those whose objects are all older than an hour. A probe that runs now is left alone.
 *
 * @param prefix of all folders, ends with `probe/`
 * @param now ms since 1970
 * @returns how many objects, without their versions @throws {CloudError}
 */
export async function removeLeftovers(options: ObsOptions & { readonly prefix: string }, now: number): Promise<number> {
  const { prefix } = options;
  const obs = makeObsClient(options);
  const newest = new Map<string, number>();
  for (let marker = ''; ; ) {
    const { result } = await obs.call('listObjects', { Prefix: prefix, MaxKeys: PAGE_ROWS, Marker: marker });
    const rows = objectsOf(result['Contents']) ?? [];
    for (const { Key, LastModified } of rows) {
      const key = String(Key);
      const folder = key.slice(0, key.indexOf('/', prefix.length) + 1);
      if (!FOLDER.test(folder)) continue;
      const at = Date.parse(String(LastModified));
      newest.set(folder, Math.max(newest.get(folder) ?? 0, Number.isNaN(at) ? now : at));
    }
    const last = rows.at(-1)?.['Key'];
    if (result['IsTruncated'] !== 'true' || last === undefined || last === marker) break;
    marker = String(last);
  }
  let removed = 0;
  for (const [folder, at] of newest) {
    if (at < now - LEFTOVER_MS)
      removed += await makeProbeFolder({ ...options, prefix: folder, isShared: true }).removeAll();
  }
  return removed;
}

async function inParallel<T>(names: readonly T[], work: (name: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < names.length; at += MAX_PARALLEL_REMOVALS)
    await Promise.all(names.slice(at, at + MAX_PARALLEL_REMOVALS).map(work));
}
