import { randomUUID } from 'node:crypto';
import { makeObsClient } from './obs-client.ts';
import { makeObsLedgerStore, type ObsLedgerOptions } from './obs-ledger-store.ts';
import { fieldsOf, numberOf, objectsOf } from './read-fields.ts';
import { unlessAbsent } from './unless-absent.ts';

/** A lifecycle rule that removes objects some days after they were last written. */
export interface LifecycleRule {
  readonly prefix: string;
  /** Absent: it does something else. */
  readonly days?: number;
}

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
  /** Sets this rule in place of all. @throws {CloudError} */
  setRule(rule: Required<LifecycleRule>): Promise<void>;
}

const PAGE_ROWS = 1000;
const RULE_ID = 'migration-functions-ledger';

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
      return (objectsOf(found?.result['Rules']) ?? [])
        .filter(({ Status: status }) => status === 'Enabled')
        .map(({ Prefix: prefix, Expiration: expiration }) => {
          const days = numberOf(fieldsOf(expiration)['Days']);
          return { prefix: typeof prefix === 'string' ? prefix : '', ...(days !== undefined && { days }) };
        });
    },

    async setRule({ prefix, days }) {
      const rule = { ID: RULE_ID, Prefix: prefix, Status: 'Enabled', Expiration: { Days: days } };
      await obs.call('setBucketLifecycleConfiguration', { Rules: [rule] });
    },
  };
}
