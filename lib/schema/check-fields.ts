import { MAX_PROBLEMS, tooManyProblems } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { checkSecretReference } from './check-secret-reference.ts';
import { describeKind, describeValue } from './describe-value.ts';
import { durationMs, MAX_DURATION_MS } from './duration.ts';
import type { Field, FieldTable, IntegerField, NamesField, NumberField, StringField, ValuesOf } from './fields.ts';
import { addProblem, type CheckedFields, type Findings, own, type Path } from './findings.ts';
import { hasPlaceholder } from './placeholder-syntax.ts';
import { didYouMean, unknownName } from './suggest.ts';

export interface CheckOptions {
  /** `file`: placeholders are not filled yet, so strings that contain one are not checked. `filled`: everything is checked. */
  readonly mode: 'file' | 'filled';
  /** Required top-level fields that may still be missing, because the trigger, the caller or a plan supplies them. */
  readonly optional?: ReadonlySet<string>;
  /** Path of the value in its document. Default: it is the document itself. */
  readonly path?: Path;
}

/** The state of a check. */
interface Check extends Findings {
  /** `keys`: our own keys of a jobs file, whose strings have no placeholders. */
  readonly mode: CheckOptions['mode'] | 'keys';
  readonly hasLedger?: boolean;
}

/** What applies only at the top level of a table. */
interface Top {
  readonly optional?: ReadonlySet<string>;
  readonly besides?: readonly string[];
}

/** A caller may send thousands of unknown names, and each suggestion costs a search. */
const MAX_HINTS = 50;

/** The problem of a key that needs a ledger, in a file without one. */
export const NEEDS_LEDGER = 'needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }';

/** Has the check found enough problems to stop? Never for a jobs file: its author sees all of them. */
function isFull({ mode, problems }: Check): boolean {
  return mode === 'filled' && problems.length >= MAX_PROBLEMS;
}

function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function stringProblem(field: StringField, text: string): string | undefined {
  const problem = field.problem?.(text);
  if (problem !== undefined) return problem;
  const length = characterCount(text);
  if (field.pattern && field.expected) {
    const fits = field.pattern.test(text) && length <= (field.max ?? length);
    return fits ? undefined : `must be ${field.expected}, received ${describeValue(text)}`;
  }
  if (field.min !== undefined && length < field.min) {
    return `must have at least ${field.min} character${field.min === 1 ? '' : 's'}, has ${length}`;
  }
  if (field.max !== undefined && length > field.max)
    return `must have at most ${field.max} characters, has ${length}: ${describeValue(text)}`;
  if (field.values && !field.values.includes(text)) {
    return `must be ${field.values.map((value) => JSON.stringify(value)).join(' or ')}, received ${describeValue(text)}`;
  }
  return undefined;
}

function numberProblem(field: IntegerField | NumberField, value: unknown): string | undefined {
  const what = field.type === 'integer' ? 'a whole number' : 'a number';
  if (typeof value !== 'number') {
    const hint = typeof value === 'string' ? ' (write it without quotes; placeholders always give strings)' : '';
    return `must be ${what}, received ${describeValue(value)}${hint}`;
  }
  if (!Number.isFinite(value)) return `must be ${what}, received ${value}`;
  if (field.type === 'integer') {
    if (!Number.isInteger(value)) return `must be a whole number, received ${value}`;
    if (!Number.isSafeInteger(value)) {
      return `is larger than ${Number.MAX_SAFE_INTEGER}, the largest whole number that can be sent without rounding`;
    }
  }
  if (value < field.min || value > field.max) return `must be from ${field.min} to ${field.max}, received ${value}`;
  return undefined;
}

function checkInteger(field: IntegerField, value: unknown, path: Path, found: Check): unknown {
  const { min, max, sendAs } = field;
  if (found.mode === 'keys') {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return addProblem(found, path, `must be a whole number from ${min} to ${max}, received ${describeValue(value)}`);
  }
  const asText = sendAs === 'string' && typeof value === 'string' && /^[0-9]{1,16}$/.test(value);
  const number = asText ? Number(value) : value;
  const problem = numberProblem(field, number);
  if (problem) return addProblem(found, path, problem);
  return sendAs === 'string' ? String(number) : number;
}

function checkNames({ values }: NamesField, value: unknown, path: Path, found: Check): unknown {
  const all = values.join(', ');
  if (!Array.isArray(value) || value.length === 0) {
    const given = Array.isArray(value) ? 'an empty list' : describeValue(value);
    return addProblem(found, path, `must be a list of ${all}, received ${given}`);
  }
  for (const [i, item] of value.entries()) {
    const at = [...path, i];
    if (!values.includes(item)) {
      addProblem(found, at, `must be one of ${all}, received ${describeValue(item)}${suggestionFor(item, values)}`);
    } else if (value.indexOf(item) < i) addProblem(found, at, `lists ${item} twice`);
  }
  return value;
}

function suggestionFor(value: unknown, known: readonly string[]): string {
  return typeof value === 'string' ? didYouMean(value, known) : '';
}

function checkField(field: Field, value: unknown, path: Path, found: Check): unknown {
  const refused = (message: string): undefined => addProblem(found, path, message);
  switch (field.type) {
    case 'string': {
      if (value === null && field.nullable) return null;
      if (typeof value !== 'string') return refused(`must be a string, received ${describeValue(value)}`);
      if (found.mode === 'file' && hasPlaceholder(value)) return value;
      const problem = stringProblem(field, value);
      return problem === undefined ? value : refused(problem);
    }
    case 'secret':
      return checkSecretReference(value, path, found);
    case 'integer':
      return checkInteger(field, value, path, found);
    case 'number': {
      const problem = numberProblem(field, value);
      return problem === undefined ? value : refused(problem);
    }
    case 'boolean':
      return typeof value === 'boolean' ? value : refused(`must be true or false, received ${describeValue(value)}`);
    case 'const':
      return value === field.value ? value : refused(`must be ${field.value}, received ${describeValue(value)}`);
    case 'enum': {
      const { values } = field;
      if (values.some((word) => word === value)) return value;
      return refused(
        `must be one of ${values.join(', ')}, received ${describeValue(value)}${suggestionFor(value, values)}`,
      );
    }
    case 'names':
      return checkNames(field, value, path, found);
    case 'duration': {
      const ms = typeof value === 'string' ? durationMs(value) : undefined;
      if (ms !== undefined && ms <= MAX_DURATION_MS) return ms;
      const wanted = 'must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d';
      return refused(`${wanted}, received ${describeValue(value)}`);
    }
    case 'object': {
      if (!isRecord(value)) return refused(`must be ${field.expected ?? 'an object'}, received ${describeKind(value)}`);
      const names = Object.keys(field.fields);
      if (!field.exactlyOne || names.filter((name) => own(value, name) !== undefined).length === 1) {
        const checked = checkObject(field.fields, value, path, {}, found);
        field.rules?.(value, checked, path, found);
        return checked;
      }
      checkUnknown(names, value, path, found);
      return refused(`must have exactly one of ${names.join(' and ')}`);
    }
    case 'custom':
      return field.check(value, path, found);
    case 'list': {
      const { min, max } = field;
      if (!Array.isArray(value)) return refused(`must be a list, received ${describeValue(value)}`);
      if (min !== undefined && value.length < min)
        refused(`must have at least ${min} item${min === 1 ? '' : 's'}, has ${value.length}`);
      if (max !== undefined && value.length > max)
        return refused(`must have at most ${max} items, has ${value.length}`);
      return checkItems(field.of, value, path, found);
    }
  }
}

function checkItems(field: Field, items: readonly unknown[], path: Path, found: Check): unknown[] {
  const copy: unknown[] = [];
  for (const [i, item] of items.entries()) {
    if (isFull(found)) break;
    copy.push(checkField(field, item, [...path, i], found));
  }
  return copy;
}

function checkUnknown(known: readonly string[], value: Record<string, unknown>, path: Path, found: Check): void {
  const what = found.mode === 'keys' ? 'key' : 'field';
  for (const name of Object.keys(value)) {
    if (isFull(found)) break;
    if (known.includes(name)) continue;
    const hints = found.mode === 'keys' || found.problems.length < MAX_HINTS ? known : [];
    addProblem(found, [...path, name], unknownName(what, name, hints));
  }
}

/** Defaults after their check, which is the same each time: most jobs leave most of their keys out. */
const defaults = new WeakMap<Field, unknown>();

function defaultOf(field: Field, path: Path, found: Check): unknown {
  if (!defaults.has(field)) defaults.set(field, checkField(field, field.default, path, found));
  return defaults.get(field);
}

function appliesWhenAbsent({ required, default: otherwise }: Field): boolean {
  return required === true || otherwise !== undefined;
}

function checkObject(
  table: FieldTable,
  value: Record<string, unknown>,
  path: Path,
  { optional, besides = [] }: Top,
  found: Check,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  const names = Object.keys(table);
  checkUnknown([...besides, ...names], value, path, found);
  // Left out first, cheaply: V8 used to optimize this function at about fifty jobs, which cost a cold start more than the checks.
  const concerns = (name: string) => Object.hasOwn(value, name) || appliesWhenAbsent(table[name] as Field);
  for (const name of names.filter(concerns)) {
    const field = table[name] as Field;
    const given = own(value, name);
    if (given === undefined) {
      if (field.required && !optional?.has(name)) {
        addProblem(found, [...path, name], field.type === 'const' ? `is missing; write ${field.value}` : 'is missing');
      }
      if (field.default === undefined) continue;
      copy[field.property ?? name] = defaultOf(field, [...path, name], found);
    } else {
      const at = [...path, name];
      if (field.needsLedger && found.hasLedger === false) addProblem(found, at, NEEDS_LEDGER);
      copy[field.property ?? name] = checkField(field, given, at, found);
    }
    if (field.warn) found.warnings.push({ path: [...path, name], message: field.warn });
  }
  return copy;
}

/**
 * Checks an object of our own keys, and adds its problems to `found`. Keys in `besides` are known, and checked elsewhere.
 *
 * @returns the values by property name, including defaults. A value that has a problem is `undefined`, whatever its type says, so use the result
 * only when there are no problems, or with care. Throws nothing
 */
export function checkKeys<T extends FieldTable>(
  table: T,
  value: Record<string, unknown>,
  path: Path,
  found: Findings,
  { hasLedger = true, besides = [] }: { readonly hasLedger?: boolean; readonly besides?: readonly string[] } = {},
): ValuesOf<T> {
  return checkObject(table, value, path, { besides }, { ...found, mode: 'keys', hasLedger }) as ValuesOf<T>;
}

/** The values of an empty object, for a table without required keys. */
export function defaultsOf<T extends FieldTable>(table: T): ValuesOf<T> {
  return checkKeys(table, {}, [], { problems: [], warnings: [] });
}

/**
 * Checks a value against a table of fields and reports all problems, not only the first. In `filled` mode, reports at most `MAX_PROBLEMS`.
 *
 * Unknown fields are refused by name. Length is counted in characters, not in UTF-16 units. A whole number beyond `Number.MAX_SAFE_INTEGER` is
 * refused, because it would be rounded. A literal in place of a secret is refused without being shown.
 * Throws nothing. The depth of the check is that of the table.
 */
export function checkFields(table: FieldTable, value: unknown, options: CheckOptions): CheckedFields {
  const found: Check = { mode: options.mode, problems: [], warnings: [] };
  const path = options.path ?? [];
  if (!isRecord(value)) {
    found.problems.push({ path, message: `must be an object, received ${describeKind(value)}` });
    return { value: {}, problems: found.problems, warnings: found.warnings };
  }
  const checked = checkObject(table, value, path, options, found);
  const problems = isFull(found)
    ? [...found.problems.slice(0, MAX_PROBLEMS - 1), tooManyProblems(path)]
    : found.problems;
  return { value: checked, problems, warnings: found.warnings };
}
