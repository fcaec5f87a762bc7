import { isRecord } from '../../kernel/is-record.ts';
import type { LedgerStore } from '../../ports/ledger-store.ts';

/** What a deployed function recorded about one event of the probe's object. */
export interface Receipt {
  /** Unique for each delivery. */
  readonly name: string;
  /** When the function received it, ms since 1970, by its clock. */
  readonly at: number;
  readonly route: 'direct' | 'eventgrid' | 'smn';
  readonly layout: 's3' | 'obs';
  /** As in the event. */
  readonly key: string;
  readonly size?: number;
  readonly eTag?: string;
  readonly versionId?: string;
  readonly sequencer?: string;
  readonly eventTime?: string;
}

/**
 * The receipts of one probe, in the ledger that it shares with the function. What a killed probe leaves there is removed with its folder. Every method
 * throws `LedgerError`.
 */
export interface Receipts {
  /** In the order in which the function received the events. */
  all(): Promise<readonly Receipt[]>;
  removeAll(): Promise<void>;
}

const MAX_RECEIPTS = 1000;
/** All others are strings. */
const TYPES: Readonly<Record<string, string>> = { at: 'number', size: 'number' };

/** @param probe the name of the probe's folder */
export function makeReceipts(store: LedgerStore, probe: string): Receipts {
  const own = () => store.list(`probe/${probe}/event/`, { limit: MAX_RECEIPTS });
  return {
    all: async () => {
      const texts = await Promise.all((await own()).map(async ({ name }) => [name, await store.get(name)] as const));
      const found = texts.flatMap(([name, text]) => (text === undefined ? [] : readReceipt(name, text)));
      return found.sort((a, b) => a.at - b.at);
    },
    removeAll: async () => {
      for (const { name } of await own()) await store.remove(name);
    },
  };
}

/** Without the fields that have another type. */
function readReceipt(name: string, text: string): Receipt[] {
  const fields = Object.entries(parsed(text)).filter(([field, value]) => typeof value === (TYPES[field] ?? 'string'));
  const receipt = { ...(Object.fromEntries(fields) as Partial<Receipt>), name };
  return ['at', 'route', 'layout', 'key'].every((field) => field in receipt) ? [receipt as Receipt] : [];
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
