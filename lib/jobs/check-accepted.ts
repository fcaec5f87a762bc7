import { isRecord } from '../kernel/is-record.ts';
import { isSecretReference } from '../kernel/secret.ts';
import type { ActionKind, Target } from '../migrations/action.ts';
import { ACTIONS } from '../migrations/actions.ts';
import { describeKind, describeValue } from '../schema/describe-value.ts';
import type { Field } from '../schema/fields.ts';
import { addProblem, type Findings, type Path } from '../schema/findings.ts';
import { didYouMean } from '../schema/suggest.ts';

function holdsSecret(field: Field): boolean {
  if (field.type === 'secret') return true;
  if (field.type === 'list') return holdsSecret(field.of);
  return field.type === 'object' && Object.values(field.fields).some(holdsSecret);
}

/** The fields of an action that a job may accept from a caller: none that holds a secret, but a target, which a caller names. */
export function acceptableFields(kind: ActionKind): string[] {
  return Object.entries(ACTIONS[kind].fields)
    .filter(([name, field]) => name === 'target_instance' || !holdsSecret(field))
    .map(([name]) => name);
}

/** `accepts`: the names of fields that callers may set. `kind` is that of the job's action, if it has one. */
export function checkAccepts(given: unknown, at: Path, kind: ActionKind | undefined, found: Findings): string[] {
  if (!Array.isArray(given)) {
    addProblem(found, at, `must be a list of field names, received ${describeKind(given)}`);
    return [];
  }
  const accepts: string[] = [];
  for (const [i, item] of given.entries()) {
    if (typeof item !== 'string') {
      addProblem(found, [...at, i], `must be a string, received ${describeValue(item)}`);
      continue;
    }
    if (accepts.includes(item)) addProblem(found, [...at, i], `names ${JSON.stringify(item)} twice`);
    else if (kind && !acceptableFields(kind).includes(item)) {
      const secret = Object.hasOwn(ACTIONS[kind].fields, item);
      addProblem(
        found,
        [...at, i],
        secret
          ? `${item} holds a password, which no caller may send`
          : `is no field of ${kind}: ${JSON.stringify(item.slice(0, 64))}${didYouMean(item, acceptableFields(kind))}`,
      );
    }
    accepts.push(item);
  }
  return accepts;
}

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
      addProblem(found, at, `${name} decides where the passwords in configure are sent, which no caller may`);
    } else {
      const message = `${name} decides where data goes: whoever may request the job chooses it`;
      found.warnings.push({ path: at, message });
    }
  }
}
