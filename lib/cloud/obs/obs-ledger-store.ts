import { CloudError } from '../../kernel/errors.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import { checkAppend, checkName } from '../../ports/ledger-name.ts';
import type { LedgerEntry, LedgerStore } from '../../ports/ledger-store.ts';
import { ledgerKeysGuard } from '../transport/keys-guard.ts';
import { makeObsClient, type ObsOptions, type ObsSuccess } from './obs-client.ts';
import { refusedBucketAdvice } from './refused-bucket-advice.ts';

/** The documented limit of ListObjects is 1000 (API reference obs_04_0022). */
const PAGE_ROWS = 1_000;

export interface ObsLedgerOptions extends ObsOptions {
  /** Prepended to each name; ends in a slash. Empty for a bucket that contains nothing else. */
  readonly prefix: string;
}

/**
 * The ledger as objects in a bucket. A list is an appendable object, and a position is its length in bytes: AppendObject refuses any other
 * position with 409 (API reference obs_04_0088, 2025-11-10), which is the compare-and-swap. A list takes at most 10,000 appends.
 *
 * Each method sends one request (`list` one per 1,000 names) within 10 s and the invocation's remaining time. Changes are never resent.
 *
 * @throws {ConfigError} when the keys are missing or the endpoint is malformed
 * @throws {LedgerError} from its methods. `temporary` after network errors, throttling and 5xx. Permanent, with advice, for a bucket that
 * can't hold a ledger, missing permissions, refused keys, certificate errors and redirects
 */
export function makeObsLedgerStore(options: ObsLedgerOptions): LedgerStore {
  const obs = makeObsClient({ keysGuard: ledgerKeysGuard, ...options });
  const { bucket, prefix } = options;
  const keyOf = (name: string) => `${prefix}${checkName(name)}`;

  /** `onRefusal` interprets a refusal: it returns a result, or `undefined` to treat it as a failure. */
  const call = async <T>(
    operation: Parameters<typeof obs.call>[0],
    parameters: { readonly Key?: string; readonly [name: string]: unknown },
    read: (result: ObsSuccess['result'], status: number) => T | undefined,
    onRefusal: (code: string | undefined) => { readonly result: T } | undefined = () => undefined,
  ): Promise<T> => {
    const what = `ledger ${operation} obs://${bucket}/${parameters.Key ?? prefix}`;
    try {
      const success = await obs.call(operation, parameters);
      const result = read(success.result, success.status);
      if (result !== undefined) return result;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      const known = error.outcome === 'rejected' ? onRefusal(error.cloudCode) : undefined;
      if (known) return known.result;
      throw failure(what, error, operation);
    }
    throw new LedgerError(
      `${what}: the response is a success without the documented fields; the state of the object is unknown`,
      {
        temporary: true,
      },
    );
  };

  const failure = (what: string, error: CloudError, operation: string): LedgerError => {
    const advice = refusedBucketAdvice(operation, bucket, error);
    return new LedgerError(`${what}: ${error.message}${advice ? `; ${advice}` : ''}`, {
      temporary: advice === undefined && isTemporary(error),
      cause: error,
    });
  };

  const get = (name: string) =>
    call<{ readonly text: string | undefined }>(
      'getObject',
      { Key: keyOf(name) },
      // The SDK omits the content of an empty object.
      ({ ETag, Content = '' }) => (ETag && typeof Content === 'string' ? { text: Content } : undefined),
      (code) => (code === 'NoSuchKey' ? { result: { text: undefined } } : undefined),
    );

  const listPage = (from: string, after: string, rows: number) =>
    call<{ readonly entries: LedgerEntry[]; readonly isLast: boolean }>(
      'listObjects',
      { Prefix: prefix + from, ...(after && { Marker: prefix + after }), MaxKeys: rows },
      ({ Contents, IsTruncated }) => {
        if (!Array.isArray(Contents) || (IsTruncated !== 'true' && IsTruncated !== 'false')) return undefined;
        const entries = Contents.map(({ Key, LastModified }: Readonly<Record<string, unknown>>) => ({
          name: String(Key).slice(prefix.length),
          at: Date.parse(String(LastModified)),
        }));
        return { entries, isLast: IsTruncated === 'false' || entries.length === 0 };
      },
    );

  return {
    async read(list) {
      const { text = '' } = await get(list);
      return { text, position: Buffer.byteLength(text) };
    },

    async tail(list, bytes) {
      try {
        const { bytes: end, before, size } = await obs.readTail(keyOf(list), bytes);
        return { text: end.toString('utf8'), position: size, isWhole: before === 0 };
      } catch (error) {
        if (!(error instanceof CloudError)) throw error;
        if (error.outcome === 'rejected' && error.cloudCode === 'NoSuchKey')
          return { text: '', position: 0, isWhole: true };
        throw failure(`ledger getObject obs://${bucket}/${keyOf(list)}`, error, 'getObject');
      }
    },

    async append(list, position, text) {
      checkAppend(list, text);
      const next = position + Buffer.byteLength(text);
      return call<number | 'stale'>(
        'appendObject',
        { Key: keyOf(list), Position: position, Body: text },
        ({ NextPosition }) => (Number(NextPosition) === next ? next : undefined),
        (code) => (code === 'PositionNotEqualToLength' || code === 'NoSuchKey' ? { result: 'stale' } : undefined),
      );
    },

    async put(name, text) {
      await call('putObject', { Key: keyOf(name), Body: text }, ({ ETag }) => (ETag ? true : undefined));
    },

    async get(name) {
      return (await get(name)).text;
    },

    async remove(name) {
      await call(
        'deleteObject',
        { Key: keyOf(name) },
        (_, status) => (status === 204 ? true : undefined),
        (code) => (code === 'NoSuchKey' ? { result: true } : undefined),
      );
    },

    async list(from, { after = '', limit }) {
      const listed: LedgerEntry[] = [];
      for (let isLast = limit === 0; !isLast; ) {
        const page = await listPage(from, listed.at(-1)?.name ?? after, Math.min(limit - listed.length, PAGE_ROWS));
        listed.push(...page.entries);
        isLast = page.isLast || listed.length >= limit;
      }
      return listed;
    },
  };
}

/** A change may already have succeeded; the caller reads it back, so another attempt is always safe. */
function isTemporary({ temporary, outcome }: CloudError): boolean {
  return temporary || outcome === 'unknown';
}
