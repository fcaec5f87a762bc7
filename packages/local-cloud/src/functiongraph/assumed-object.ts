import { createHash } from 'node:crypto';
import type { Assumed } from '../cloud/open-questions/assumptions.ts';
import type { ObjectChange } from './object-notification.ts';

const BEIJING_MS = 8 * 3_600_000;

/** The fields of an object in an event, except its key. */
export function objectFields(change: ObjectChange, assumed: Assumed): Readonly<Record<string, unknown>> {
  const { size, versionId, sequencer } = change;
  const eTag = eventETag(change, assumed);
  const version = versionId === 'null' ? versionOfNone(assumed) : versionId;
  return {
    ...(eTag === undefined ? {} : { eTag }),
    ...(size === undefined ? {} : { size }),
    ...(version === undefined ? {} : { versionId: version }),
    sequencer: assumed('event-sequencer') === 'ordered' ? sequencer : '1',
  };
}

export function eventTime({ time }: ObjectChange, assumed: Assumed): string {
  const shifted = assumed('event-time') === 'utc' ? time : new Date(time.getTime() + BEIJING_MS);
  return shifted.toISOString();
}

function eventETag({ eTag }: ObjectChange, assumed: Assumed): string | undefined {
  const behavior = assumed('event-etag');
  if (eTag === undefined || behavior === 'absent') return undefined;
  return behavior === 'same' ? eTag : createHash('md5').update(`event ${eTag}`).digest('hex');
}

function versionOfNone(assumed: Assumed): string | undefined {
  const behavior = assumed('event-version');
  if (behavior === 'absent') return undefined;
  return behavior === 'null-text' ? 'null' : 'G0011129478D0000FFFF801A1A4E0001null';
}
