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
  /** When `reconcile` last started, and in which environment. */
  readonly beat?: { readonly at: number; readonly origin?: Origin };
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
const MAX_AGE_MS = 2_000;

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

/** Whether the cached state of this invocation is less than two seconds old. */
export function isControlKnown(ledger: Ledger): boolean {
  const known = SHARED.get(ledger);
  const age = known ? ledger.now() - known.at : Number.POSITIVE_INFINITY;
  return age >= 0 && age < MAX_AGE_MS;
}

function knownLog(ledger: Ledger): Promise<ControlLog> {
  const known = SHARED.get(ledger);
  return known && isControlKnown(ledger) ? known.log : readLog(ledger);
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
  const next = await open(ledger, moved !== undefined && moved > today ? moved : today);
  if (next.records.length > 0 || !(await next.append(record))) return false;
  keep(ledger, Promise.resolve(next));
  await removeOld(ledger);
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

/**
 * A list may be closed, because of a slow clock or just now. It names the next list; if that was never begun because its writer died, there may be a
 * later one.
 */
async function follow(ledger: Ledger, log: ControlLog): Promise<ControlLog> {
  const moved = movedTo(log);
  if (moved === undefined) return log;
  const named = await open(ledger, moved);
  if (named.records.length > 0) return follow(ledger, named);
  const later = (await listNames(ledger)).filter((name) => name > log.name).at(-1);
  return later === undefined ? log : follow(ledger, await open(ledger, later));
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
async function removeOld(ledger: Ledger): Promise<void> {
  try {
    const oldest = nameOf(ledger.now() - KEPT_MS);
    for (const name of await listNames(ledger)) if (name < oldest) await ledger.store.remove(name);
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
