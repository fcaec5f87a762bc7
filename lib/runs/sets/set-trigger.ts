import type { LandedSet, ObjectTrigger } from '../../events/trigger.ts';
import type { SetObject } from '../ledger/set-log.ts';

export interface SetIdentity {
  readonly bucket: string;
  readonly prefix: string;
  readonly name: string;
}

/** The trigger for the run of a set: its files, and its marker if it has one. */
export function setTrigger(
  { bucket, prefix, name }: SetIdentity,
  objects: readonly SetObject[],
  marker?: SetObject,
): ObjectTrigger {
  const members = [...objects].sort((a, b) => (a.key < b.key ? -1 : 1));
  const set: LandedSet = {
    name,
    ...(marker ? { marker: marker.version } : {}),
    members: members.map(({ key, version }) => ({ key, version })),
  };
  const times = [...members, ...(marker ? [marker] : [])].map(({ time }) => time);
  const newest = times.reduce((a, b) => (Date.parse(b) > Date.parse(a) ? b : a), '1970-01-01T00:00:00Z');
  const size = members.reduce((sum, member) => sum + (member.size ?? Number.NaN), 0);
  return {
    kind: 'object',
    created: true,
    eventName: 'a complete set',
    bucket,
    key: prefix,
    set,
    ...(Number.isNaN(size) ? {} : { size }),
    time: newest,
    warnings: [],
  };
}
