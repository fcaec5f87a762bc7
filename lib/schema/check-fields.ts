import { formatPath, MAX_PROBLEMS, type Problem, RunError, stoppedAt } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { isSecretReference } from '../kernel/secret.ts';
import { describeKind, describeValue } from './describe-value.ts';
import type { Field, FieldTable, IntegerField, NumberField, StringField } from './fields.ts';
import { unknownName } from './near-name.ts';
import { hasPlaceholder } from './placeholder-syntax.ts';

export type Path = readonly (string | number)[];

/** What the name of a function's variable may look like here: FunctionGraph's rule for `user_data`. */
export const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

export interface CheckOptions {
  /** `file`: placeholders are not filled yet, and texts that hold one are not judged. `filled`: everything is. */
  readonly mode: 'file' | 'filled';
  /** Mandatory top-level fields that may be missing all the same: the trigger, the caller or we supply them. */
  readonly optional?: ReadonlySet<string>;
  /** Where the value stands in its document. Default: it is the document. */
  readonly path?: Path;
}

export interface CheckedFields {
  /** A copy that holds known fields only, in the table's order. Use it only when there are no problems. */
  readonly value: Record<string, unknown>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

interface Findings {
  readonly mode: CheckOptions['mode'];
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/** A caller may send thousands of unknown names, and each hint costs a search. */
const MAX_HINTS = 50;

const NO_NAMES: ReadonlySet<string> = new Set();
/** Longer texts of one problem are cut where several are put into one line. */
const MAX_MESSAGE = 500;

/** Whoever writes a jobs file sees all that is wrong with it. */
function isFull({ mode, problems }: Findings): boolean {
  return mode === 'filled' && problems.length >= MAX_PROBLEMS;
}

function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function stringProblem(field: StringField, text: string): string | undefined {
  const length = characterCount(text);
  if (field.min !== undefined && length < field.min) {
    return `must have at least ${field.min} character${field.min === 1 ? '' : 's'}, has ${length}`;
  }
  if (field.max !== undefined && length > field.max)
    return `must have at most ${field.max} characters, has ${length}: ${describeValue(text)}`;
  if (field.values && !field.values.includes(text)) {
    return `must be ${field.values.map((value) => JSON.stringify(value)).join(' or ')}, received ${describeValue(text)}`;
  }
  if (field.pattern && !new RegExp(`^(?:${field.pattern.source})$`, 'u').test(text)) {
    return `must be ${field.pattern.as}, received ${describeValue(text)}`;
  }
  return undefined;
}

function numberProblem(field: IntegerField | NumberField, value: unknown): string | undefined {
  const what = field.type === 'integer' ? 'a whole number' : 'a number';
  if (typeof value !== 'number') {
    const hint = typeof value === 'string' ? ' (write it without quotes; placeholders give texts only)' : '';
    return `must be ${what}, received ${describeValue(value)}${hint}`;
  }
  if (!Number.isFinite(value)) return `must be ${what}, received ${value}`;
  if (field.type === 'integer') {
    if (!Number.isInteger(value)) return `must be a whole number, received ${value}`;
    if (!Number.isSafeInteger(value)) {
      return `is beyond ${Number.MAX_SAFE_INTEGER}, the largest whole number that can be sent without being rounded`;
    }
  }
  if (value < field.min || value > field.max) return `must be from ${field.min} to ${field.max}, received ${value}`;
  return undefined;
}

function checkSecret(value: unknown, path: Path, found: Findings): unknown {
  if (!isSecretReference(value)) {
    found.problems.push({
      path,
      message: `must be { user_data: NAME }, the name of an encrypted variable of the function; received ${describeKind(value)}, which is not shown`,
    });
    return undefined;
  }
  if (!VARIABLE_NAME.test(value.user_data)) {
    found.problems.push({
      path: [...path, 'user_data'],
      message: 'must be the name of a variable: a letter, then letters, digits and "_". What was given is not shown',
    });
    return undefined;
  }
  return { user_data: value.user_data };
}

function checkInteger(field: IntegerField, value: unknown, path: Path, found: Findings): unknown {
  const asText = field.sendAs === 'string' && typeof value === 'string' && /^[0-9]{1,16}$/.test(value);
  const number = asText ? Number(value) : value;
  const problem = numberProblem(field, number);
  if (problem) {
    found.problems.push({ path, message: problem });
    return undefined;
  }
  return field.sendAs === 'string' ? String(number) : number;
}

function checkField(field: Field, value: unknown, path: Path, found: Findings): unknown {
  const refuse = (message: string): void => void found.problems.push({ path, message });
  switch (field.type) {
    case 'string': {
      if (value === null && field.nullable) return null;
      if (typeof value !== 'string') {
        refuse(`must be a string, received ${describeValue(value)}`);
        return undefined;
      }
      if (found.mode === 'file' && hasPlaceholder(value)) return value;
      const problem = stringProblem(field, value);
      if (problem === undefined) return value;
      refuse(problem);
      return undefined;
    }
    case 'secret':
      return checkSecret(value, path, found);
    case 'integer':
      return checkInteger(field, value, path, found);
    case 'number': {
      const problem = numberProblem(field, value);
      if (problem === undefined) return value;
      refuse(problem);
      return undefined;
    }
    case 'boolean':
      if (typeof value === 'boolean') return value;
      refuse(`must be true or false, received ${describeValue(value)}`);
      return undefined;
    case 'object':
      if (isRecord(value)) return checkObject(field.fields, value, path, NO_NAMES, found);
      refuse(`must be an object, received ${describeKind(value)}`);
      return undefined;
    case 'list': {
      if (!Array.isArray(value)) {
        refuse(`must be a list, received ${describeValue(value)}`);
        return undefined;
      }
      if (field.min !== undefined && value.length < field.min)
        refuse(`must have at least ${field.min} item${field.min === 1 ? '' : 's'}, has ${value.length}`);
      if (field.max !== undefined && value.length > field.max) {
        refuse(`must have at most ${field.max} items, has ${value.length}`);
        return undefined;
      }
      return checkItems(field.of, value, path, found);
    }
  }
}

function checkItems(field: Field, items: readonly unknown[], path: Path, found: Findings): unknown[] {
  const copy: unknown[] = [];
  for (const [i, item] of items.entries()) {
    if (isFull(found)) break;
    copy.push(checkField(field, item, [...path, i], found));
  }
  return copy;
}

function checkObject(
  table: FieldTable,
  value: Record<string, unknown>,
  path: Path,
  optional: ReadonlySet<string>,
  found: Findings,
): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    if (isFull(found)) break;
    if (!Object.hasOwn(table, name)) {
      const known = found.problems.length < MAX_HINTS ? Object.keys(table) : [];
      found.problems.push({ path: [...path, name], message: unknownName('field', name, known) });
    }
  }
  for (const [name, field] of Object.entries(table)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (given === undefined) {
      if (field.must && !optional.has(name)) found.problems.push({ path: [...path, name], message: 'is missing' });
      continue;
    }
    copy[name] = checkField(field, given, [...path, name], found);
    if (field.warn) found.warnings.push({ path: [...path, name], message: field.warn });
  }
  return copy;
}

/**
 * Checks a value against a table of fields and reports everything that is wrong with it, never only the first thing; in
 * `filled` mode of more than `MAX_PROBLEMS` things the first ones.
 *
 * What the table does not know is refused by name. Text is counted in characters, not in UTF-16 units. A whole number beyond
 * `Number.MAX_SAFE_INTEGER` is refused, for it would be sent rounded. A literal in place of a secret is refused without being shown.
 * Throws nothing; the depth it goes to is the table's.
 */
export function checkFields(table: FieldTable, value: unknown, options: CheckOptions): CheckedFields {
  const found: Findings = { mode: options.mode, problems: [], warnings: [] };
  const path = options.path ?? [];
  if (!isRecord(value)) {
    found.problems.push({ path, message: `must be an object, received ${describeKind(value)}` });
    return { value: {}, problems: found.problems, warnings: found.warnings };
  }
  const checked = checkObject(table, value, path, options.optional ?? NO_NAMES, found);
  const problems = isFull(found) ? [...found.problems.slice(0, MAX_PROBLEMS - 1), stoppedAt(path)] : found.problems;
  return { value: checked, problems, warnings: found.warnings };
}

/** Problems or warnings as one line: `a.b: is missing; c: ...`. Of many the first ones, with how many more there are. */
export function problemLine(problems: readonly Problem[]): string {
  const texts = problems.slice(0, MAX_PROBLEMS).map(({ path, message }) => `${formatPath(path)}: ${message}`);
  const shown = texts.map((text) => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}...` : text));
  return [...shown, ...(problems.length > MAX_PROBLEMS ? [`and ${problems.length - MAX_PROBLEMS} more`] : [])].join(
    '; ',
  );
}

/** Gives the checked value back. @throws {RunError} `invalid_fields` with every problem, when there is one */
export function requireNoProblems(what: string, checked: CheckedFields): Record<string, unknown> {
  if (checked.problems.length > 0) {
    throw new RunError('invalid_fields', `${what}: ${problemLine(checked.problems)}`, checked.problems);
  }
  return checked.value;
}
