import { randomUUID } from 'node:crypto';
import { makeObsClient } from '../obs/obs-client.ts';
import { makeObsLedgerStore, type ObsLedgerOptions } from '../obs/obs-ledger-store.ts';
import { fieldsOf, numberOf, objectsOf } from '../transport/read-fields.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import type { LifecycleRule, WantedRule } from './ledger-rules.ts';

/** The bucket of a ledger, as a deploy looks at it. */
export interface LedgerBucket {
  /**
   * Adds an object as the ledger does, and removes it: no property of a bucket says as surely that it can be appended to.
   *
   * @throws {LedgerError} with what to do, for a parallel file system, replication, retention, archive class and missing permissions
   */
  prove(): Promise<void>;
  /** Jobs with runs that are not settled, with their number. */
  openRuns(): Promise<ReadonlyMap<string, number>>;
  /** The rules that are in force; empty when there are none. @throws {CloudError} */
  rules(): Promise<readonly LifecycleRule[]>;
  /** Sets these rules in place of all. @throws {CloudError} */
  setRules(rules: readonly WantedRule[]): Promise<void>;
}

type Fields = Readonly<Record<string, unknown>>;

const PAGE_ROWS = 1000;
const RULE_ID = 'migration-functions-ledger';
/** Classes that can be read at once, under both names of each (SDK 3.26.8). */
const READABLE = new Set(['STANDARD', 'WARM', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'HIGH_PERFORMANCE']);

/** @throws {ConfigError} when there are no keys, or the endpoint is malformed */
export function makeLedgerBucket(options: ObsLedgerOptions): LedgerBucket {
  const store = makeObsLedgerStore(options);
  const obs = makeObsClient(options);

  return {
    async prove() {
      const name = `control/deploy-check-${randomUUID()}`;
      await store.append(name, 0, '\n');
      await store.remove(name);
    },

    async openRuns() {
      const count = new Map<string, number>();
      let after = '';
      for (;;) {
        const page = await store.list('open/', { after, limit: PAGE_ROWS });
        for (const { name } of page) {
          const [, job = ''] = name.split('/');
          count.set(job, (count.get(job) ?? 0) + 1);
        }
        if (page.length < PAGE_ROWS) return count;
        after = page.at(-1)?.name ?? '';
      }
    },

    async rules() {
      const absent = { codes: ['NoSuchLifecycleConfiguration'] };
      const found = await unlessAbsent(obs.call('getBucketLifecycleConfiguration', {}), absent);
      return (objectsOf(found?.result['Rules']) ?? []).filter(({ Status: status }) => status === 'Enabled').map(ruleOf);
    },

    async setRules(rules) {
      const sent = rules.map(({ prefix, days }) => ({
        ID: `${RULE_ID}-${days}`,
        Prefix: prefix,
        Status: 'Enabled',
        Expiration: { Days: days },
      }));
      await obs.call('setBucketLifecycleConfiguration', { Rules: sent });
    },
  };
}

/** What is left out comes as an empty text (SDK 3.26.8); a filter does not come at all. */
function ruleOf({ ID: id, Prefix: prefix, Expiration: expiration, Transitions: transitions }: Fields): LifecycleRule {
  const { Days, Date: date } = fieldsOf(expiration);
  const days = numberOf(Days);
  const isKept = ({ StorageClass: to }: Fields) => typeof to !== 'string' || to === '' || READABLE.has(to);
  return {
    prefix: typeof prefix === 'string' ? prefix : '',
    ...(typeof id === 'string' && id !== '' && { id }),
    ...(days !== undefined && { days }),
    ...(typeof date === 'string' && date !== '' && { date }),
    ...(!(objectsOf(transitions) ?? []).every(isKept) && { archives: true }),
  };
}
