import type { ObjectTrigger } from '../../events/trigger.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from './ledger.ts';
import { isEmptyUnder, type OpenWork } from './open-work.ts';
import { OtherEnvironmentError } from './origin.ts';

const PREFIX = 'open-unreadable/';
const PAGE = 1_000;

/** A run whose record, or the lane of its target, cannot be read; a set of which that is so; or an object of which the record that would name its run cannot be read. People have to know of it. */
export interface UnreadableRecord {
  readonly job: string;
  /** Of an object in a set: what its run would be called if it were in none. */
  readonly run: string;
  /** Since when this is known, ms since 1970. */
  readonly since: number;
  /** What reading came to; it names the list. */
  readonly why: string;
  /** Not a run's log is damaged, but the lane of a target that runs of the job wait for; `run` is the lane then. */
  readonly lane?: string;
  /** Not a run's log is damaged, but that of the set below this prefix; `run` stands for the set then. */
  readonly set?: string;
  /** What a sweep found, and could not see whether there is a run for it. */
  readonly object?: ObjectTrigger;
  /** It was reported; SMN's id of the message. */
  readonly messageId?: string;
}

/** Will reading or writing fail again until somebody puts it right? Of passing trouble that is not so. */
export function isPermanent(error: unknown): boolean {
  return !(error instanceof OtherEnvironmentError || (error instanceof LedgerError && error.temporary));
}

const nameOf = ({ job, run }: Pick<UnreadableRecord, 'job' | 'run'>) => `${PREFIX}${job}/${run}`;

/** Invocations that noted something. */
const NOTING = new WeakSet<Ledger>();

/** Is there anything that could not be read, as far as was listed before? */
export function mayBeUnreadable(ledger: Ledger, work: OpenWork): boolean {
  return NOTING.has(ledger) || !isEmptyUnder(work, PREFIX);
}

/** Notes what could not be read, unless it is noted. */
export async function noteUnreadable(ledger: Ledger, found: UnreadableRecord): Promise<void> {
  NOTING.add(ledger);
  if ((await ledger.store.get(nameOf(found))) === undefined) await putUnreadable(ledger, found);
}

/** Writes the note again: then it is looked at after all others. */
export function putUnreadable({ store }: Ledger, found: UnreadableRecord): Promise<void> {
  return store.put(nameOf(found), JSON.stringify(found));
}

/** It can be read, and nothing is to be done about it any more. */
export function removeUnreadable({ store }: Ledger, found: UnreadableRecord): Promise<void> {
  return store.remove(nameOf(found));
}

/**
 * What cannot be read, of one job or of all; what was looked at longest ago comes first. Empty when there is nothing.
 *
 * @param limit returns at most this many
 */
export async function listUnreadable({ store }: Ledger, limit: number, ofJob?: string): Promise<UnreadableRecord[]> {
  const prefix = ofJob === undefined ? PREFIX : `${PREFIX}${ofJob}/`;
  const names: { readonly name: string; readonly at: number }[] = [];
  for (let after = ''; ; ) {
    const page = await store.list(prefix, { after, limit: PAGE });
    names.push(...page);
    const last = page.at(-1);
    if (page.length < PAGE || !last) break;
    after = last.name;
  }
  const found: UnreadableRecord[] = [];
  for (const { name } of names.sort((a, b) => a.at - b.at).slice(0, limit)) {
    const text = await store.get(name);
    if (text !== undefined) found.push(parse(name, text));
  }
  return found;
}

/** A damaged note still has its name. */
function parse(name: string, text: string): UnreadableRecord {
  const [job = '', run = ''] = name.slice(PREFIX.length).split('/');
  try {
    const { since, why, ...rest } = JSON.parse(text) as UnreadableRecord;
    return { ...rest, since: Number(since) || 0, why: String(why), job, run };
  } catch {
    return { job, run, since: 0, why: `ledger ${name}: this note is damaged, and says no more` };
  }
}
