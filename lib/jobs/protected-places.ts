import { isSecretReference } from '../kernel/secret.ts';
import type { ActionKind } from '../migrations/action.ts';
import { fieldsAlong } from '../migrations/fields-along.ts';
import type { Path } from '../schema/findings.ts';

/** Why nothing from outside may stand in a place of an action. */
export type ProtectedReason = 'destination' | 'secret';

/**
 * Says of places in an action whether they are closed to what uploaders and callers send: those that decide where data goes, and all that is in
 * an object which has a secret in it, at whatever depth. The action as a whole is no such object, unless the secret is right in it.
 */
export function protectedPlaces(
  kind: ActionKind,
  fields: Readonly<Record<string, unknown>>,
): (path: Path) => ProtectedReason | undefined {
  const holders = new Map<object, boolean>();
  const holdsSecret = (value: unknown): boolean => {
    if (typeof value !== 'object' || value === null) return false;
    if (isSecretReference(value)) return true;
    const known = holders.get(value);
    if (known !== undefined) return known;
    const holds = Object.values(value).some(holdsSecret);
    holders.set(value, holds);
    return holds;
  };
  const isRootClosed = Object.values(fields).some(isSecretReference);

  return (path) => {
    if (fieldsAlong(kind, path).some(({ destination }) => destination)) return 'destination';
    if (isRootClosed) return 'secret';
    let value: unknown = fields;
    for (const key of path) {
      value =
        typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;
      // A list of objects: each has its own secrets.
      if (!Array.isArray(value) && holdsSecret(value)) return 'secret';
    }
    return undefined;
  };
}
