import { DamagedListError, LedgerError } from '../../ports/ledger-error.ts';
import { AppendLog, type LogRecord, MAX_ROUNDS } from './append-log.ts';
import type { Ledger } from './ledger.ts';
import type { Origin } from './origin.ts';
import type { TickPlace } from './reconcile-turn.ts';

/** A pause that holds: of one job, or of all where `job` is absent. */
export interface Pause {
  readonly job?: string;
  /** ms since 1970. */
  readonly since: number;
  /** The login name of whoever paused, and a mark of the command. */
  readonly by: string;
  readonly why?: string;
}

/** What holds for the whole ledger. */
export interface ControlState {
  /** When `reconcile` last began, and whose it was. */
  readonly beat?: { readonly at: number; readonly origin?: Origin };
  /** Where that tick began; absent when it had nothing to do. */
  readonly tick?: TickPlace;
  /** All pauses that hold. */
  readonly pauses: readonly Pause[];
  /** Whose pauses these are; absent while nobody ever paused. */
  readonly pausesOf?: Origin;
}

/** `moved`: this day's list is closed, and the one of that name continues. */
type ControlRecord = LogRecord & { readonly v: number; readonly state: ControlState; readonly moved?: string };
type ControlLog = AppendLog<ControlRecord>;

const CONTROL_VERSION = 1;
const PREFIX = 'control/state/';
/** A day at one tick a minute makes 2,880 appends of the 10,000 that a list takes (AppendObject). */
const DAY_MS = 24 * 60 * 60_000;
/** Older lists are removed: nobody's clock is wrong by so much. */
const KEPT_MS = 35 * DAY_MS;
const PAGE = 1_000;
const TAIL_BYTES = 4 * 1024;
/** A pause is seen so soon. */
export const MAX_CONTROL_AGE_MS = 2_000;

const NOTHING: ControlState = { pauses: [] };

interface Known {
  readonly at: number;
  readonly log: Promise<ControlLog>;
}

const SHARED = new WeakMap<Ledger, Known>();

/**
 * The state as this invocation knows it: one request, and then none for two seconds.
 *
 * @throws {LedgerError} when it cannot be read
 */
export async function controlOf(ledger: Ledger): Promise<ControlState> {
  return stateOf(await knownLog(ledger));
}

/** The state as it is now. @throws {LedgerError} when it cannot be read */
export async function readControl(ledger: Ledger): Promise<ControlState> {
  return stateOf(await readLog(ledger));
}

/**
 * Changes the state: a compare-and-swap, so that of several who do it at once none is lost.
 *
 * @param decide what it is to be; `undefined`: it may stay as it is. Asked again whenever somebody else was faster
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

/** When this invocation began to read what `controlOf` answers with, ms since 1970; `undefined` when it has read nothing. */
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
  // Whoever asks next tries again.
  log.catch(() => SHARED.delete(ledger));
  return log;
}

function keep(ledger: Ledger, log: Promise<ControlLog>): void {
  SHARED.set(ledger, { at: ledger.now(), log });
}

/** @returns false when somebody else was faster */
async function write(ledger: Ledger, log: ControlLog, state: ControlState): Promise<boolean> {
  const moved = movedTo(log);
  const today = nameOf(ledger.now());
  const record: ControlRecord = { ...ledger.stamp(), v: CONTROL_VERSION, state };
  if (log.name >= today && moved === undefined) return log.append(record);
  // Whoever writes to an older list from now on is told where to continue.
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

/** Today's list, by this invocation's clock; until somebody has written today the newest one that there is. */
async function openNewest(ledger: Ledger): Promise<ControlLog> {
  const today = await open(ledger, nameOf(ledger.now()));
  if (today.records.length > 0) return follow(ledger, today);
  const newest = (await listNames(ledger)).at(-1);
  return newest === undefined || newest === today.name ? today : follow(ledger, await open(ledger, newest));
}

/** A list that was closed holds as long as nobody has begun the one that it names. */
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

/** A record that says nothing of pauses must not be taken for one that says that there are none. */
function refuseUnknown(name: string, { id, v, state }: Partial<ControlRecord>): void {
  if (v !== undefined && v !== CONTROL_VERSION) {
    const message = `ledger ${name}: format ${v}, and this code knows ${CONTROL_VERSION} only`;
    throw new LedgerError(message, { temporary: false });
  }
  if (v === undefined || !Array.isArray(state?.pauses)) {
    throw new DamagedListError(name, `record ${id} does not have the state that every record here has`);
  }
}

async function listNames({ store }: Ledger): Promise<string[]> {
  return (await store.list(PREFIX, { limit: PAGE })).map(({ name }) => name);
}

/** Never in the way of the work: what can't be removed now is removed tomorrow. */
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
