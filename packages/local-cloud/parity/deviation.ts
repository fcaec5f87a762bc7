/** A rule for fields in which the local cloud differs from the facts on purpose, or because the truth is not known. */
export interface Deviation {
  readonly operations: readonly string[];
  /** Paths of fields; a path covers the fields inside it. `*` or `body` for the whole. */
  readonly fields: readonly string[];
  /** What the local cloud does, and why if that is not obvious. */
  readonly rule: string;
  readonly source: string;
  /** The truth is not known. */
  readonly isOpen?: boolean;
}

export interface Deviations {
  /** Fields, values and combinations of requests that are refused although the facts allow them. */
  readonly requests: readonly Deviation[];
  /** Fields of responses that are left out, have another type or are not documented. */
  readonly responses: readonly Deviation[];
  /** What requests may have beyond the documentation. @default nothing */
  readonly lenient?: readonly Deviation[];
}

/** Instead of a path: the whole request or response. */
export const WHOLE: ReadonlySet<string> = new Set(['*', 'body']);

/** The rules for a field: those that name it most closely. */
export function findDeviations(list: readonly Deviation[], operation: string, path: string): Deviation[] {
  const closeness = ({ fields }: Deviation) =>
    Math.max(...fields.map((field) => (isWithin(path, field) ? field.length : -1)));
  const found = list.filter((rule) => rule.operations.includes(operation) && closeness(rule) >= 0);
  const closest = Math.max(...found.map(closeness));
  return found.filter((rule) => closeness(rule) === closest);
}

/** Whether a path is that of a field or of a field inside it. */
export function isWithin(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

/** A rule in the form of the services' own tables: one operation, and fields separated by commas. */
export interface FieldRule {
  readonly operation: string;
  readonly field: string;
  readonly rule: string;
  readonly source: string;
}

export function deviationOf({ operation, field, rule, source }: FieldRule): Deviation {
  const isOpen = source.startsWith('open question: ');
  return {
    operations: [operation],
    fields: field.split(', '),
    rule,
    source: source.replace('open question: ', ''),
    isOpen,
  };
}
