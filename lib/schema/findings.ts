import { formatPath, MAX_PROBLEMS, type Problem, RunError } from '../kernel/errors.ts';

export type Path = readonly (string | number)[];

/** Collects what checks find. A check adds to it and continues. */
export interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

export interface CheckedFields {
  /** A copy with the known fields only, in the table's order. Use it only when there are no problems. */
  readonly value: Record<string, unknown>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Adds a problem. */
export function addProblem(found: Findings, path: Path, message: string): undefined {
  found.problems.push({ path, message });
}

/** The value of an object's own key; `undefined` when it has no such key. */
export function own(record: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Longer messages are cut when several are joined into one line. */
const MAX_MESSAGE = 500;

/** Problems or warnings as one line: `a.b: is missing; c: ...`. Of many, the first ones and the number of the others. */
export function problemLine(problems: readonly Problem[]): string {
  const texts = problems.slice(0, MAX_PROBLEMS).map(({ path, message }) => `${formatPath(path)}: ${message}`);
  const shown = texts.map((text) => (text.length > MAX_MESSAGE ? `${text.slice(0, MAX_MESSAGE)}...` : text));
  return [...shown, ...(problems.length > MAX_PROBLEMS ? [`and ${problems.length - MAX_PROBLEMS} more`] : [])].join(
    '; ',
  );
}

/** Returns the checked value. @throws {RunError} `invalid_fields` with every problem, if there are any */
export function requireNoProblems(what: string, checked: CheckedFields): Record<string, unknown> {
  if (checked.problems.length > 0) {
    throw new RunError('invalid_fields', `${what}: ${problemLine(checked.problems)}`, checked.problems);
  }
  return checked.value;
}
