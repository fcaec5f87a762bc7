import { isRecord } from '../kernel/is-record.ts';
import { isSecretReference } from '../kernel/secret-reference.ts';
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

/** The fields of an action that a job may accept from a caller: none that contains a secret, except a target, which a caller names. */
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
    if (accepts.includes(item)) addProblem(found, [...at, i], `lists ${JSON.stringify(item)} twice`);
    else if (kind && !acceptableFields(kind).includes(item)) {
      const secret = Object.hasOwn(ACTIONS[kind].fields, item);
      addProblem(
        found,
        [...at, i],
        secret
          ? `${item} contains a password, which callers must not send`
          : `is not a field of ${kind}: ${JSON.stringify(item.slice(0, 64))}${didYouMean(item, acceptableFields(kind))}`,
      );
    }
    accepts.push(item);
  }
  return accepts;
}

/** The parts of a job that this check needs. */
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

/** Does this value send a stored password to a service, including that of a target that it names? */
function sendsSecret(value: unknown, targets: Accepting['targets']): boolean {
  if (typeof value === 'string') return targets.get(value)?.password !== undefined;
  if (isSecretReference(value)) return true;
  return Array.isArray(value) || isRecord(value)
    ? Object.values(value).some((item) => sendsSecret(item, targets))
    : false;
}

/**
 * A field that decides where data goes may be accepted, because the file names it: that is a warning. It is a problem if stored passwords of the
 * same action would be sent there. `target_instance` is exempt: a caller only names one of `targets`, which has its own password.
 */
export function checkAccepted({ kind, fields, accepts, targets }: Accepting, path: Path, found: Findings): void {
  for (const [i, name] of accepts.entries()) {
    const field = Object.hasOwn(ACTIONS[kind].fields, name) ? ACTIONS[kind].fields[name] : undefined;
    if (!field || name === 'target_instance' || !holdsDestination(field)) continue;
    const at = [...path, 'on', 'request', 'accepts', i];
    // The machine that is created in this network connects to both sides.
    if (sendsSecret(fields['configure'], targets)) {
      addProblem(found, at, `${name} decides where the passwords in configure are sent, so callers must not set it`);
    } else {
      const message = `${name} decides where data goes: anyone who may request the job can choose it`;
      found.warnings.push({ path: at, message });
    }
  }
}
