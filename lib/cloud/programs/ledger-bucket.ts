import { randomUUID } from 'node:crypto';
import type { LedgerStore } from '../../ports/ledger-store.ts';
import { makeObsClient } from '../obs/obs-client.ts';
import { makeObsLedgerStore, type ObsLedgerOptions } from '../obs/obs-ledger-store.ts';
import { fieldsOf, numberOf, objectsOf } from '../transport/read-fields.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { type ExpiryRule, expiryRuleId, type LifecycleRule } from './ledger-rules.ts';

/** The bucket of a ledger, as a deployment checks it. */
export interface LedgerBucket {
  /**
   * Appends an object as the ledger does, and removes it: no bucket property shows as reliably that appends work.
   *
   * @throws {LedgerError} with advice, for a parallel file system, replication, retention, an archive storage class and missing permissions
   */
  prove(): Promise<void>;
  /** The environment that records there; `undefined` while nothing is recorded. @throws {LedgerError} */
  owner(): Promise<LedgerOwner | undefined>;
  /** The IDs of the open runs of each job that has any. */
  openRuns(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The enabled lifecycle rules; empty when there are none. @throws {CloudError} */
  rules(): Promise<readonly LifecycleRule[]>;
  /** Replaces all rules with these. @throws {CloudError} */
  setRules(rules: readonly ExpiryRule[]): Promise<void>;
}

/** As the ledger states it (lib/runs/ledger/origin.ts). */
export interface LedgerOwner {
  readonly region?: unknown;
  readonly project?: unknown;
  readonly stage?: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const PAGE_ROWS = 1000;
/** Storage classes that can be read immediately, under both names of each (SDK 3.26.8). */
const READABLE = new Set(['STANDARD', 'WARM', 'STANDARD_IA', 'INTELLIGENT_TIERING', 'HIGH_PERFORMANCE']);

/** @throws {ConfigError} when the keys are missing or the endpoint is malformed */
export function makeLedgerBucket(options: ObsLedgerOptions): LedgerBucket {
  const store = makeObsLedgerStore(options);
  const obs = makeObsClient(options);

  return {
    async prove() {
      const name = `control/deploy-check-${randomUUID()}`;
      await store.append(name, 0, '\n');
      await store.remove(name);
    },

    owner: () => ownerIn(store),

    async openRuns() {
      const runs = new Map<string, string[]>();
      let after = '';
      for (;;) {
        const page = await store.list('open/', { after, limit: PAGE_ROWS });
        for (const { name } of page) {
          const [, job = '', marked = ''] = name.split('/');
          // Behind the dot is how often it was reopened.
          const [run = ''] = marked.split('.');
          const ofJob = runs.get(job) ?? [];
          ofJob.push(run);
          runs.set(job, ofJob);
        }
        if (page.length < PAGE_ROWS) return runs;
        after = page.at(-1)?.name ?? '';
      }
    },

    async rules() {
      const absent = { codes: ['NoSuchLifecycleConfiguration'] };
      const found = await unlessAbsent(obs.call('getBucketLifecycleConfiguration', {}), absent);
      return (objectsOf(found?.result['Rules']) ?? []).filter(({ Status: status }) => status === 'Enabled').map(ruleOf);
    },

    async setRules(rules) {
      const sent = rules.map((rule) => ({
        ID: expiryRuleId(rule),
        Prefix: rule.prefix,
        Status: 'Enabled',
        Expiration: { Days: rule.days },
      }));
      await obs.call('setBucketLifecycleConfiguration', { Rules: sent });
    },
  };
}

/** The first record of each list states it; the state of control, which begins a list each day, in its heartbeat. */
async function ownerIn(store: LedgerStore): Promise<LedgerOwner | undefined> {
  const days = await store.list('control/state/', { limit: PAGE_ROWS });
  const [run] = await store.list('runs/', { limit: 1 });
  for (const name of [days.at(-1)?.name, run?.name]) {
    if (name === undefined) continue;
    const [first = ''] = (await store.read(name)).text.split('\n');
    const record = fieldsOf(parsed(first));
    const owner = fieldsOf(record['origin'] ?? fieldsOf(fieldsOf(record['state'])['beat'])['origin']);
    if (owner['stage'] !== undefined) return owner;
  }
  return undefined;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return undefined;
  }
}

/** Omitted fields are empty strings (SDK 3.26.8); a filter is not returned at all. */
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
