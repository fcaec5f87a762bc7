import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { FunctionGraph } from '../../cloud/programs/functiongraph/functiongraph.ts';
import type { FunctionTrigger } from '../../cloud/programs/functiongraph/triggers.ts';
import { isObjects } from '../../deploy/same-trigger.ts';
import { field, stringIn } from '../../events/received.ts';
import { CloudError } from '../../kernel/errors.ts';
import { UsageError } from '../usage-error.ts';
import { callText } from './call-text.ts';
import type { EventPlace } from './event-place.ts';
import type { Receipts } from './receipts.ts';

const LOOKS = 10;
const LOOK_AGAIN_MS = 500;

/** A deployed function. */
export interface WatchingFunction {
  readonly api: Pick<FunctionGraph, 'invoke' | 'listTriggers'>;
  readonly name: string;
  /** With a version. */
  readonly urn: string;
}

/** What is known of the triggers of a function that can be asked. */
export interface WatchingTriggers {
  /** Such as `OBS ACTIVE`, sorted, each once. */
  readonly types: readonly string[];
  /** Whether the EventGrid trigger has `Key_encode`. */
  readonly encodesKeys: boolean;
}

/**
 * Makes certain that a deployed function starts nothing for the object of a probe, and records its event. It is asked itself: first with the event of a
 * removed object, for which no version starts anything, then with the event of a created one. Neither object exists.
 *
 * @param probe the name of the probe's folder
 * @throws {UsageError} if that is not certain, or no active trigger delivers the event
 */
export async function checkFunction(
  { api, name, urn }: WatchingFunction,
  { place, probe, receipts }: { readonly place: EventPlace; readonly probe: string; readonly receipts: Receipts },
): Promise<WatchingTriggers> {
  const refuse = (why: string): never => {
    throw new UsageError(`probe: --with-event: ${why}; nothing was written`);
  };
  const attempt = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      if (error instanceof CloudError) return refuse(`${name} could not be asked (${callText(error)})`);
      throw error;
    });
  const key = `${place.prefix}${probe}/${place.name}`;
  const triggers = await attempt(api.listTriggers(urn));
  if (!triggers.some((trigger) => delivers(trigger, place.bucket, key)))
    return refuse(`${name} has no active trigger for ${JSON.stringify(`${place.prefix}*`)} in ${place.bucket}`);
  const codeFor = async (eventName: string) => {
    const { ok, result } = await attempt(api.invoke(urn, eventOf(place.bucket, key, eventName)));
    return ok ? skipCode(result) : 'it failed';
  };
  const code = await codeFor('ObjectRemoved:Delete');
  if (code !== 'probe_object')
    return refuse(
      `${name} would take the object of a probe for a backup (its answer: ${code}); deploy this version of it first`,
    );
  await codeFor('ObjectCreated:Put');
  const isRecorded = await appears(receipts);
  await receipts.removeAll();
  if (!isRecorded)
    return refuse(`${name} recorded nothing in the ledger of the jobs file; deploy it with this jobs file first`);
  return {
    types: [...new Set(triggers.map(({ type, status }) => `${type} ${status}`))].sort(),
    encodesKeys: triggers.some(({ type, data }) => type === 'EVENTGRID' && isTrue(data['Key_encode'])),
  };
}

/** A list may show an object late. */
async function appears(receipts: Receipts): Promise<boolean> {
  for (let attempt = 1; attempt <= LOOKS; attempt++) {
    if ((await receipts.all()).length > 0) return true;
    await wait(LOOK_AGAIN_MS);
  }
  return false;
}

const isTrue = (value: unknown) => value === true || value === 'true';

function delivers({ type, status, data }: FunctionTrigger, bucket: string, key: string): boolean {
  const { prefix = '', suffix = '' } = data;
  return (
    isObjects({ type }) &&
    status === 'ACTIVE' &&
    data['bucket'] === bucket &&
    key.startsWith(String(prefix ?? '')) &&
    key.endsWith(String(suffix ?? ''))
  );
}

function eventOf(bucket: string, key: string, eventName: string) {
  const object = { key: encodeURIComponent(key), size: 0, eTag: randomBytes(16).toString('hex') };
  const eventTime = new Date().toISOString();
  return { Records: [{ eventVersion: '2.0', eventTime, eventName, s3: { bucket: { name: bucket }, object } }] };
}

/** The code of the only result. Texts of a function are not repeated. */
function skipCode(result: string): string {
  let value: unknown;
  try {
    value = JSON.parse(result);
  } catch {
    return 'not JSON';
  }
  const runs = field(value, 'runs');
  const code = Array.isArray(runs) && runs.length === 1 ? stringIn(field(runs[0], 'reason'), 'code') : undefined;
  return code !== undefined && /^[a-z_]{1,40}$/.test(code) ? code : 'none that is known';
}
