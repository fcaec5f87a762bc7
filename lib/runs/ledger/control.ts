import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import { AppendLog, type LogRecord, MAX_ROUNDS } from './append-log.ts';
import type { Ledger } from './ledger.ts';
import type { Origin } from './origin.ts';
import type { TickPlace } from './reconcile-turn.ts';

/** An active pause: of one job, or of all jobs if `job` is absent. */
export interface Pause {
  readonly job?: string;
  /** ms since 1970. */
  readonly since: number;
  /** The login name of the person who paused, and an id of the command. */
  readonly by: string;
  readonly why?: string;
}

/** The state that applies to the whole ledger. */
export interface ControlState {
  /** When `reconcile` last started, in which environment, and its interval in ms; absent: five minutes. */
  readonly beat?: { readonly at: number; readonly origin?: Origin; readonly every?: number };
  /** Where that tick began; absent when it had nothing to do. */
  readonly tick?: TickPlace;
  /** All active pauses. */
  readonly pauses: readonly Pause[];
  /** The environment of the pauses; absent if nobody ever paused. */
  readonly pausesOf?: Origin;
}

/** `moved`: this day's list is closed and continues in the list of that name. */
type ControlRecord = LogRecord & { readonly v: number; readonly state: ControlState; readonly moved?: string };
type ControlLog = AppendLog<ControlRecord>;

const CONTROL_VERSION = 1;
const PREFIX = 'control/state/';
/** At one tick per minute, a day has 2,880 appends; a list takes 10,000 (AppendObject). */
const DAY_MS = 24 * 60 * 60_000;
/** Older lists are removed: no clock is wrong by that much. */
const KEPT_MS = 35 * DAY_MS;
const PAGE = 1_000;
const TAIL_BYTES = 4 * 1024;
/** A pause takes effect within this time. */
export const MAX_CONTROL_AGE_MS = 2_000;

const NOTHING: ControlState = { pauses: [] };

interface Known {
  readonly at: number;
  readonly log: Promise<ControlLog>;
}

const SHARED = new WeakMap<Ledger, Known>();

/**
 * The cached state of this invocation: one request, then none for two seconds.
 *
 * @throws {LedgerError} when it cannot be read
 */
export async function controlOf(ledger: Ledger): Promise<ControlState> {
  return stateOf(await knownLog(ledger));
}

/** The current state. @throws {LedgerError} when it cannot be read */
export async function readControl(ledger: Ledger): Promise<ControlState> {
  return stateOf(await readLog(ledger));
}

/**
 * Changes the state with a compare-and-swap, so that no concurrent change is lost.
 *
 * @param decide returns the new state, or `undefined` to leave it unchanged. Called again whenever another writer was faster
 * @throws {LedgerError} when it can't be read or written
 */
export async function changeControl(
  ledger: Ledger,
  decide: (state: ControlState) => ControlState | undefined,
): Promise<void> {
  let log = await knownLog(ledger);
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
    const state = decide(stateOf(log));
    if (!state || (await write(ledger, log, state))) return;
    log = await readLog(ledger);
  }
  throw new LedgerError(`ledger ${PREFIX}: it changed ${MAX_ROUNDS} times while it was being written`, {
    temporary: true,
  });
}

/** When this invocation started to read what `controlOf` returns, ms since 1970; `undefined` when it has read nothing. */
export function controlReadAt(ledger: Ledger): number | undefined {
  return SHARED.get(ledger)?.at;
}

function knownLog(ledger: Ledger): Promise<ControlLog> {
  const known = SHARED.get(ledger);
  const age = known ? ledger.now() - known.at : Number.POSITIVE_INFINITY;
  return known && age >= 0 && age < MAX_CONTROL_AGE_MS ? known.log : readLog(ledger);
}

function readLog(ledger: Ledger): Promise<ControlLog> {
  const log = openNewest(ledger);
  keep(ledger, log);
  // The next caller retries.
  log.catch(() => SHARED.delete(ledger));
  return log;
}

function keep(ledger: Ledger, log: Promise<ControlLog>): void {
  SHARED.set(ledger, { at: ledger.now(), log });
}

/** @returns false when another writer was faster */
async function write(ledger: Ledger, log: ControlLog, state: ControlState): Promise<boolean> {
  const moved = movedTo(log);
  const today = nameOf(ledger.now());
  const record: ControlRecord = { ...ledger.stamp(), v: CONTROL_VERSION, state };
  if (log.name >= today && moved === undefined) return log.append(record);
  // Redirects writers of an older list to the next one.
  const closing: ControlRecord = { ...ledger.stamp(), v: CONTROL_VERSION, state: stateOf(log), moved: today };
  if (log.records.length > 0 && moved === undefined && !(await log.append(closing))) return false;
  // Whatever day it is here: whoever closed the list may still begin the next one, and with a list of another day beside it changes would be lost.
  const next = await open(ledger, moved ?? today);
  if (next.records.length > 0 || !(await next.append(record))) return false;
  keep(ledger, Promise.resolve(next));
  await removeOld(ledger, next.name);
  return true;
}

function movedTo({ records }: ControlLog): string | undefined {
  return records.at(-1)?.moved;
}

/** Today's list, by this invocation's clock; if nothing was written today, the newest existing one. */
async function openNewest(ledger: Ledger): Promise<ControlLog> {
  const today = await open(ledger, nameOf(ledger.now()));
  if (today.records.length > 0) return follow(ledger, today);
  const newest = (await listNames(ledger)).at(-1);
  return newest === undefined || newest === today.name ? today : follow(ledger, await open(ledger, newest));
}

/** A closed list stays current until somebody has begun the one that it names. */
async function follow(ledger: Ledger, log: ControlLog): Promise<ControlLog> {
  const moved = movedTo(log);
  if (moved === undefined) return log;
  const next = await open(ledger, moved);
  return next.records.length === 0 ? log : follow(ledger, next);
}

async function open(ledger: Ledger, name: string): Promise<ControlLog> {
  const log = await AppendLog.open<ControlRecord>(ledger.store, name, { isState: () => true, tailBytes: TAIL_BYTES });
  const [record] = log.records;
  if (record) refuseUnknown(name, record);
  return log;
}

/** A record without a list of pauses must not be read as "no pauses". */
function refuseUnknown(name: string, { id, v, state }: Partial<ControlRecord>): void {
  if (v !== undefined && v !== CONTROL_VERSION) {
    const message = `ledger ${name}: format ${v}, but this version supports only ${CONTROL_VERSION}`;
    throw new LedgerError(message, { temporary: false });
  }
  if (v === undefined || !Array.isArray(state?.pauses)) {
    throw new DamagedListError(name, `record ${id} has no valid state`);
  }
}

async function listNames({ store }: Ledger): Promise<string[]> {
  return (await store.list(PREFIX, { limit: PAGE })).map(({ name }) => name);
}

/** Never fails the caller: what can't be removed now is removed tomorrow. */
async function removeOld(ledger: Ledger, newest: string): Promise<void> {
  try {
    const oldest = nameOf(ledger.now() - KEPT_MS);
    for (const name of await listNames(ledger)) if (name < oldest && name < newest) await ledger.store.remove(name);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
  }
}

function stateOf({ records }: ControlLog): ControlState {
  return records.at(-1)?.state ?? NOTHING;
}

function nameOf(at: number): string {
  return `${PREFIX}${new Date(at).toISOString().slice(0, 10)}`;
}
