import type { ObjectTrigger } from '../../events/trigger.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { Ledger } from './ledger.ts';
import { isEmptyUnder, type OpenWork } from './open-work.ts';
import { OtherEnvironmentError } from './origin.ts';

const PREFIX = 'open-unreadable/';
const PAGE = 1_000;

/** An unreadable run, lane or set, or an object whose run cannot be read. It is reported to people. */
export interface UnreadableRecord {
  readonly job: string;
  /** For an object in a set, the id its run would have without the set. */
  readonly run: string;
  /** When this was found, ms since 1970. */
  readonly since: number;
  /** The error message, with the name of the list. */
  readonly why: string;
  /** Set if the damaged list is the lane of a target that runs of the job wait for; then `run` is the lane. */
  readonly lane?: string;
  /** Set if the damaged list belongs to the set with this prefix; then `run` identifies the set. */
  readonly set?: string;
  /** An object that a sweep found and for which it could not determine whether it has a run. */
  readonly object?: ObjectTrigger;
  /** The SMN message id, if it was reported. */
  readonly messageId?: string;
}

/** Whether reading or writing will keep failing until somebody fixes the cause. False for transient failures. */
export function isPermanent(error: unknown): boolean {
  return !(error instanceof OtherEnvironmentError || (error instanceof LedgerError && error.temporary));
}

const nameOf = ({ job, run }: Pick<UnreadableRecord, 'job' | 'run'>) => `${PREFIX}${job}/${run}`;

/** Invocations that added a record. */
const NOTING = new WeakSet<Ledger>();

/** Whether there may be unreadable records, according to the earlier listing. */
export function mayBeUnreadable(ledger: Ledger, work: OpenWork): boolean {
  return NOTING.has(ledger) || !isEmptyUnder(work, PREFIX);
}

/** Adds an unreadable record, unless it exists. */
export async function noteUnreadable(ledger: Ledger, found: UnreadableRecord): Promise<void> {
  NOTING.add(ledger);
  if ((await ledger.store.get(nameOf(found))) === undefined) await putUnreadable(ledger, found);
}

/** Writes the record again, which moves it to the end of the queue. */
export function putUnreadable({ store }: Ledger, found: UnreadableRecord): Promise<void> {
  return store.put(nameOf(found), JSON.stringify(found));
}

/** Removes a record that can be read again. */
export function removeUnreadable({ store }: Ledger, found: UnreadableRecord): Promise<void> {
  return store.remove(nameOf(found));
}

/**
 * The unreadable records of one job or all; those checked longest ago come first. Empty when there are none.
 *
 * @param limit returns at most this many
 * @param isWanted whether those of a job are wanted
 */
export async function listUnreadable(
  { store }: Ledger,
  limit: number,
  ofJob?: string,
  isWanted: (job: string) => boolean = () => true,
): Promise<UnreadableRecord[]> {
  const prefix = ofJob === undefined ? PREFIX : `${PREFIX}${ofJob}/`;
  const names: { readonly name: string; readonly at: number }[] = [];
  for (let after = ''; ; ) {
    const page = await store.list(prefix, { after, limit: PAGE });
    names.push(...page.filter(({ name }) => isWanted(jobOf(name))));
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

function jobOf(name: string): string {
  return name.slice(PREFIX.length).split('/')[0] ?? '';
}

/** A damaged record can still be identified by its name. */
function parse(name: string, text: string): UnreadableRecord {
  const [job = '', run = ''] = name.slice(PREFIX.length).split('/');
  try {
    const { since, why, ...rest } = JSON.parse(text) as UnreadableRecord;
    return { ...rest, since: Number(since) || 0, why: String(why), job, run };
  } catch {
    return { job, run, since: 0, why: `ledger ${name}: this entry is damaged` };
  }
}
