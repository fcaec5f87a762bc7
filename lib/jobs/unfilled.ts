import type { Problem } from '../kernel/errors.ts';
import type { Target } from '../migrations/action.ts';
import type { Job } from './job.ts';
import { stringsIn } from './placeholders.ts';

/** What `init` writes for an id that the user still has to fill in. */
export const PLACEHOLDER_ID = /^00000000-0000-0000-0000-00000000000\d$/;
/** The start of each message. */
export const UNFILLED = 'must still be filled in';
/** Common stand-ins for a value that is still missing. */
const STANDS_FOR_ANOTHER =
  /^(?:<[^<>]*>|\[[^[\]]*\]|(?:fill|change|replace)[ _-]?(?:in|me|this)|to[ _-]?do|fixme|tbd|your[ _-].*|[x.…?]{3,})$/i;

function unfilled(value: unknown, path: Problem['path']): Problem[] {
  return [...stringsIn(value, path)].flatMap(({ text, path: at }) => {
    if (!PLACEHOLDER_ID.test(text) && !STANDS_FOR_ANOTHER.test(text)) return [];
    const message = `${UNFILLED}: ${JSON.stringify(text.slice(0, 64))} does not exist in the cloud`;
    return [{ path: at, message }];
  });
}

/** The values of targets that must still be filled in. */
export function unfilledTargets(targets: ReadonlyMap<string, Target>): Problem[] {
  return [...targets].flatMap(([name, { id }]) => unfilled(id, ['targets', name, 'id']));
}

/** The values of a job that must still be filled in. */
export function unfilledOf({ name, on, kind, fields, policies }: Job): Problem[] {
  const path = ['jobs', name];
  const { object_created: created } = on;
  return [
    ...unfilled(created && { bucket: created.bucket, key: created.key }, [...path, 'on', 'object_created']),
    ...unfilled(fields, [...path, kind]),
    ...unfilled(policies.notify?.smn, [...path, 'notify', 'smn']),
  ];
}
