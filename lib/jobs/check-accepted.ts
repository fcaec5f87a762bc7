import { isRecord } from '../kernel/is-record.ts';
import { isSecretReference } from '../kernel/secret.ts';
import type { ActionKind, Target } from '../migrations/action.ts';
import { ACTIONS } from '../migrations/actions.ts';
import type { Path } from '../schema/check-fields.ts';
import type { Field } from '../schema/fields.ts';
import { type Findings, refuse } from '../schema/findings.ts';

/** What a job's callers may set, beside what the job says itself. */
interface Accepting {
  readonly kind: ActionKind;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly accepts: readonly string[];
  readonly targets: ReadonlyMap<string, Target>;
}

function holdsDestination(field: Field): boolean {
  if (field.destination) return true;
  if (field.type === 'list') return holdsDestination(field.of);
  return field.type === 'object' && Object.values(field.fields).some(holdsDestination);
}

/** Does a service get a stored password with this value, be it that of a target which is named? */
function sendsSecret(value: unknown, targets: Accepting['targets']): boolean {
  if (typeof value === 'string') return targets.get(value)?.password !== undefined;
  if (isSecretReference(value)) return true;
  return Array.isArray(value) || isRecord(value)
    ? Object.values(value).some((item) => sendsSecret(item, targets))
    : false;
}

/**
 * A field that decides where data goes may be accepted: the file says so by its name. It is a warning, and an error where the stored passwords of
 * the same action would go with it. A `target_instance` is no such field, for a caller only names one of `targets`, which has its own password.
 */
export function checkAccepted({ kind, fields, accepts, targets }: Accepting, path: Path, found: Findings): void {
  for (const [i, name] of accepts.entries()) {
    const field = Object.hasOwn(ACTIONS[kind].fields, name) ? ACTIONS[kind].fields[name] : undefined;
    if (!field || name === 'target_instance' || !holdsDestination(field)) continue;
    const at = [...path, 'on', 'request', 'accepts', i];
    // The machine that is made in this network connects to both sides.
    if (sendsSecret(fields['configure'], targets)) {
      refuse(found, at, `${name} decides where the passwords in configure are sent, which no caller may`);
    } else {
      const message = `${name} decides where data goes: whoever may request the job chooses it`;
      found.warnings.push({ path: at, message });
    }
  }
}
