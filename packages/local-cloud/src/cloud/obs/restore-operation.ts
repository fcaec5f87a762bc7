import { attributesIn, type Restoration, type StoredObject } from './bucket.ts';
import { classOf, versionHeaders } from './object-attributes.ts';
import { type ObsCall, type ObsContext, type ObsResponse, versionIdOf } from './obs-call.ts';
import { obsErrors } from './obs-error.ts';
import { readDocument } from './request-body.ts';
import { checkNames, childOf, requiredText, textOf, type XmlElement } from './xml-reader.ts';

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The longest documented time of each tier: 1 to 5 minutes, 3 to 5 hours. */
const TIER_MS: Readonly<Record<string, number>> = { Expedited: 5 * MINUTE_MS, Standard: 5 * 60 * MINUTE_MS };

/**
 * "Restoring Archive or Deep Archive Objects" (API reference obs_04_0087): 202, and 200 if only the time changes until which a restored object can be
 * read. Unlike the page, it ends to the millisecond instead of at a time of day.
 */
export async function restoreObject({ obs, now, documentedInstant }: ObsContext, call: ObsCall): Promise<ObsResponse> {
  const { days, tierMs } = readRestore(await readDocument(call, 'RestoreRequest'));
  const bucket = obs.bucket(call.bucket);
  let wasRestored = false;
  const restored = await obs.setAttributes(call.bucket, call.key, versionIdOf(call), (object) => {
    if (classOf(object, bucket) !== 'COLD')
      throw obsErrors.invalidObjectState("Restore is not allowed, as object's storage class is not COLD");
    const before = restorationAt(object, now());
    if (before !== undefined && now() < before.fromMs) throw obsErrors.restoreAlreadyInProgress();
    wasRestored = before !== undefined;
    const fromMs = before?.fromMs ?? documentedInstant(tierMs);
    const untilMs = (before === undefined ? fromMs : now()) + days * DAY_MS;
    if (before !== undefined && untilMs < before.untilMs) throw obsErrors.objectHasAlreadyRestored();
    return { ...attributesIn(object), restoration: { fromMs, untilMs } };
  });
  return { status: wasRestored ? 200 : 202, headers: versionHeaders(bucket, call, restored) };
}

function readRestore(document: XmlElement): { readonly days: number; readonly tierMs: number } {
  checkNames(document, 'Days', 'RestoreJob', 'GlacierJobParameters');
  const text = requiredText(document, 'Days');
  if (!/^-?\d{1,9}$/.test(text)) throw obsErrors.malformedXml();
  const days = Number(text);
  if (days < 1 || days > 30) throw obsErrors.invalidArgument('restoration days should be at least 1 and at most 30');
  // The second is the name in the dialect of S3.
  const job = childOf(document, 'RestoreJob') ?? childOf(document, 'GlacierJobParameters');
  const tier = (job && textOf(job, 'Tier')) ?? 'Standard';
  const tierMs = Object.hasOwn(TIER_MS, tier) ? TIER_MS[tier] : undefined;
  if (tierMs === undefined) throw obsErrors.malformedXml();
  return { days, tierMs };
}

/** The restoration that is in progress or in effect; undefined if there is none. */
export function restorationAt({ restoration }: StoredObject, now: number): Restoration | undefined {
  return restoration !== undefined && now < restoration.untilMs ? restoration : undefined;
}
