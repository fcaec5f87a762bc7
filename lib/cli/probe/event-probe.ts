import type { EVENT_QUESTIONS } from '../../../packages/local-cloud/src/cloud/open-questions/event-questions.ts';
import type { QuestionId } from '../../../packages/local-cloud/src/cloud/open-questions/open-questions.ts';
import { LedgerError } from '../../ports/ledger-error.ts';
import type { Answer } from './answer.ts';
import { ask, type EventSource, needs, type Probe, type ProbeWorld, Unanswered } from './probe-world.ts';
import type { Receipt } from './receipts.ts';

const LOOK_AGAIN_MS = 2_000;
/** Longer than the minute that the table of open questions has for late events. */
const LIMIT_MS = 90_000;
/** After the last event: for the second delivery, which the table has after two seconds. */
const MORE_MS = 6_000;
/** Longer than an asynchronous invocation waits on a quiet day, and shorter than a late event. */
const AT_ONCE_MS = 30_000;
const HOUR_MS = 3_600_000;
/** The clocks of two parts of one service differ by less. */
const SAME_TIME_MS = 10 * 60_000;
/** Two contents of one object, told apart by their sizes. */
const CONTENTS = ['first', 'second'] as const;

/** A delivery, and how long after the upload it was seen. */
interface Arrival extends Receipt {
  readonly afterMs: number;
}

interface Observed {
  readonly source: EventSource;
  /** In the order in which the function received them. */
  readonly arrivals: readonly Arrival[];
  /** As the service describes the second version. */
  readonly object: { readonly eTag: string; readonly modifiedAt: number };
}

/** Questions that the events of one object answer, which is written twice. */
const EVENT_PROBES = {
  'obs-trigger-keys': async (_, observed) => {
    const { key } = firstBy(observed, 'direct');
    const full = keyOf(observed.source);
    if (key === full) return { behavior: 'raw', evidence: 'the event has the key as it is' };
    if (formDecoded(key) !== full) return { other: 'the key is neither as it is nor form-encoded' };
    if (key.includes('/')) return { behavior: 'slash-kept', evidence: 'the key is form-encoded, except its slashes' };
    return { behavior: 'encoded', evidence: 'the key is form-encoded, and so are its slashes' };
  },

  'eventgrid-keys': async (_, observed) => {
    const { key } = firstBy(observed, 'eventgrid');
    const full = keyOf(observed.source);
    const isRaw = key === full;
    if (!isRaw && formDecoded(key) !== full) return { other: 'the key is neither as it is nor form-encoded' };
    const { encodesKeys } = observed.source;
    const evidence = `a trigger ${encodesKeys ? 'with' : 'without'} \`Key_encode\`: the key is ${isRaw ? 'as it is' : 'form-encoded'}`;
    if (isRaw === encodesKeys) return { behavior: isRaw ? 'raw' : 'encoded', evidence };
    throw new Unanswered(`${evidence}, as configured or always`);
  },

  'obs-trigger-layout': async (_, observed) => {
    const { layout } = firstBy(observed, 'direct');
    return { behavior: layout, evidence: `the event has \`${layout}\`` };
  },

  'object-event-delivery': async (_, { arrivals }) => {
    const [first, second] = CONTENTS.map((content) => arrivals.filter(({ size }) => size === content.length));
    const [one, two] = [first?.length ?? 0, second?.length ?? 0];
    const slowest = Math.max(0, ...arrivals.map(({ afterMs }) => afterMs));
    const within = `the last one within ${(slowest + LOOK_AGAIN_MS) / 1000} s`;
    if (arrivals.length === 0) return { behavior: 'lost', evidence: `2 uploads: no event within ${LIMIT_MS / 1000} s` };
    const evidence = `2 uploads: ${one} and ${two} events, ${within}`;
    if (one === 2 && two === 2) return { behavior: 'twice', evidence };
    if (one !== 1 || two !== 1) return { other: evidence };
    if ((first?.[0]?.at ?? 0) > (second?.[0]?.at ?? 0))
      return { behavior: 'out-of-order', evidence: `${evidence}, the second one first` };
    return { behavior: slowest > AT_ONCE_MS ? 'late' : 'once', evidence };
  },

  'event-etag': async (_, observed) => {
    const { eTag } = ofContent(observed, 1);
    if (eTag === undefined) return { behavior: 'absent', evidence: 'the event has no eTag' };
    const isSame = eTag.replaceAll('"', '') === observed.object.eTag;
    return isSame
      ? { behavior: 'same', evidence: 'the event has the eTag of the object' }
      : { behavior: 'differs', evidence: 'the event has another eTag than the object' };
  },

  'event-version': async (_, observed) => {
    const { versionId } = ofContent(observed, 1);
    if (versionId === undefined || versionId === '')
      return { behavior: 'absent', evidence: 'the event has no versionId' };
    if (versionId === 'null') return { behavior: 'null-text', evidence: 'the versionId is "null"' };
    if (/^G\w+null$/.test(versionId))
      return { behavior: 'prefixed-null', evidence: 'the versionId begins with G and ends with null' };
    return needs('a job whose bucket has no versioning');
  },

  'event-sequencer': async (_, observed) => {
    const [before, after] = [ofContent(observed, 0).sequencer, ofContent(observed, 1).sequencer];
    if (before === undefined || after === undefined) return { other: 'the events have no sequencer' };
    if (before === after) return { behavior: 'constant', evidence: 'two versions of one object have the same one' };
    const width = Math.max(before.length, after.length);
    if (before.padStart(width, '0').toLowerCase() < after.padStart(width, '0').toLowerCase())
      return { behavior: 'ordered', evidence: 'that of the second version is greater than that of the first' };
    return { other: 'that of the second version is less than that of the first' };
  },

  'event-time': async (_, observed) => {
    const time = Date.parse(ofContent(observed, 1).eventTime ?? '');
    const aheadMs = time - observed.object.modifiedAt;
    if (Number.isNaN(aheadMs)) return { other: 'the event, or the object, has no valid time' };
    const evidence = `the event's time is ${Math.round(aheadMs / 60_000)} minutes ahead of the object's`;
    if (Math.abs(aheadMs) < SAME_TIME_MS) return { behavior: 'utc', evidence };
    if (Math.abs(aheadMs - 8 * HOUR_MS) < SAME_TIME_MS) return { behavior: 'beijing-as-utc', evidence };
    return { other: evidence };
  },
} as const satisfies {
  [Q in keyof typeof EVENT_QUESTIONS & QuestionId]?: (world: ProbeWorld, observed: Observed) => ReturnType<Probe<Q>>;
};

const IDS = Object.keys(EVENT_PROBES) as (keyof typeof EVENT_PROBES)[];

/**
 * Writes an object twice where a trigger watches, and compares what the deployed function received with it.
 *
 * @returns the answers; without `--with-event`, why there are none
 * @throws {Interrupted}
 */
export async function probeEvent(world: ProbeWorld): Promise<ReadonlyMap<QuestionId, Answer>> {
  const observed = await ask(() => observe(world, world.event ?? needs('--with-event')));
  if ('unanswered' in observed) return new Map(IDS.map((id) => [id, observed]));
  const answers = new Map<QuestionId, Answer>();
  for (const id of IDS) answers.set(id, await ask<Answer>(() => EVENT_PROBES[id](world, observed)));
  return answers;
}

async function observe(world: ProbeWorld, source: EventSource): Promise<Observed> {
  const { folder, name } = source;
  for (const content of CONTENTS) await folder.put(name, content);
  const object = await folder.describe(name);
  const seen = new Map<string, Arrival>();
  let lastMs = 0;
  for (let waitedMs = 0; waitedMs <= LIMIT_MS; waitedMs += LOOK_AGAIN_MS) {
    world.progress(`waiting for the events of an object: ${seen.size} arrived after ${waitedMs / 1000} s`);
    for (const receipt of await receiptsOf(source)) {
      if (seen.has(receipt.name)) continue;
      seen.set(receipt.name, { ...receipt, afterMs: waitedMs });
      lastMs = waitedMs;
    }
    const sizes = new Set([...seen.values()].map(({ size }) => size));
    if (sizes.size >= CONTENTS.length && waitedMs - lastMs >= MORE_MS) break;
    await world.sleep(LOOK_AGAIN_MS);
  }
  return { source, object, arrivals: [...seen.values()].sort((a, b) => a.at - b.at) };
}

/** The message of an error may name the ledger's bucket. */
async function receiptsOf({ receipts }: EventSource): Promise<readonly Receipt[]> {
  try {
    return await receipts.all();
  } catch (error) {
    if (error instanceof LedgerError) throw new Unanswered('the ledger could not be read');
    throw error;
  }
}

/** @throws {Unanswered} if no event came by this route */
function firstBy({ arrivals }: Observed, route: Receipt['route']): Arrival {
  const found = arrivals.find((arrival) => arrival.route === route);
  if (found) return found;
  if (arrivals.length === 0) throw new Unanswered(NO_EVENT);
  return needs(route === 'direct' ? 'a direct OBS trigger' : 'an EventGrid trigger');
}

/** @throws {Unanswered} if no event of this version arrived */
function ofContent({ arrivals }: Observed, index: 0 | 1): Arrival {
  const found = arrivals.find(({ size }) => size === CONTENTS[index].length);
  if (found === undefined) throw new Unanswered(NO_EVENT);
  return found;
}

const NO_EVENT = `no event arrived within ${LIMIT_MS / 1000} s`;

const keyOf = ({ folder, name }: EventSource) => folder.prefix + name;

/** `undefined` if it is not form-encoded. */
function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    return undefined;
  }
}
