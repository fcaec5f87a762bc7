import { isSecretReference } from '../kernel/secret-reference.ts';
import type { ActionKind } from '../migrations/action.ts';
import { fieldsAlong } from '../migrations/fields-along.ts';
import type { Path } from '../schema/findings.ts';

/** Why values from outside are not allowed at a path of an action. */
export type ProtectedReason = 'destination' | 'secret';

/**
 * Returns a function that tells whether a path in an action is protected from values of uploaders and callers. Protected are fields that decide
 * where data goes, and everything in an object that contains a secret, at any depth. The action itself is such an object only if the secret is
 * directly in it.
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
  const isRootProtected = Object.values(fields).some(isSecretReference);

  return (path) => {
    if (fieldsAlong(kind, path).some(({ destination }) => destination)) return 'destination';
    if (isRootProtected) return 'secret';
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
