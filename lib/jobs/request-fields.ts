import { MAX_PROBLEMS, type Problem, RunError, tooManyProblems } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { Target } from '../migrations/action.ts';
import { fieldsAlong } from '../migrations/fields-along.ts';
import { problemLine } from '../schema/findings.ts';
import { didYouMean } from '../schema/suggest.ts';
import type { Job } from './job.ts';
import { keyProblem } from './key-problem.ts';
import { placeholderBodyFields, stringsIn } from './placeholders.ts';

/** Deeper than any table of fields. Deeper values are refused, not traversed. */
const MAX_DEPTH = 32;
/** Maximum number of characters of a name that a message repeats. */
const MAX_NAME = 200;

type Path = readonly (string | number)[];

function shortened(name: string): string {
  return name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}...` : name;
}

function* passwordProblems(value: unknown, path: Path): Generator<Problem> {
  if (typeof value !== 'object' || value === null) return;
  if (path.length > MAX_DEPTH) {
    yield { path, message: `is nested more than ${MAX_DEPTH} levels deep` };
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : shortened(key)];
    if (key.toLowerCase() === 'password') {
      yield { path: at, message: 'is never accepted from a caller: passwords are variables of the function' };
    } else yield* passwordProblems(item, at);
  }
}

function* take<T>(from: Iterable<T>, limit: number): Generator<T> {
  let count = 0;
  for (const item of from) {
    yield item;
    count += 1;
    if (count === limit) return;
  }
}

/** The problems of object keys in a field from a caller that lead out of their folder. */
function keyProblems({ kind }: Job, name: string, value: unknown): Problem[] {
  const problems: Problem[] = [];
  for (const { text, path } of stringsIn(value, [name])) {
    const field = fieldsAlong(kind, path).at(-1);
    const message = field?.type === 'string' && field.objectKey ? keyProblem(text) : undefined;
    if (message !== undefined) problems.push({ path, message });
    if (problems.length >= MAX_PROBLEMS) break;
  }
  return problems;
}

function placeholderProblem(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value !== 'number') return 'must be a string, a number, true or false';
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? `is larger than ${Number.MAX_SAFE_INTEGER} and would be rounded; send it as a string`
    : undefined;
}

/**
 * The action's fields that a caller set in the body. Limits of the API are checked later, with the whole action.
 *
 * Accepted are the names in `accepts`, and those that a placeholder of the job uses, but only for that purpose: they are not in the result.
 * A `target_instance` is a name in `targets`; a `password` is refused at any depth, and so is `copy_first`, which needs a ledger and changes something. Empty when the caller set nothing.
 *
 * An object key must not have a control character or a `.` or `..` segment.
 *
 * @throws {RunError} `invalid_fields` with every problem, at most `MAX_PROBLEMS`; paths are those in the body. Values are not shown. A retry does not help
 */
export function callerFields(
  job: Job,
  body: Readonly<Record<string, unknown>>,
  targets: ReadonlyMap<string, Target>,
): Record<string, unknown> {
  const accepted = new Set(job.on.request?.accepts ?? []);
  const inserted = placeholderBodyFields(job);
  const known = new Set([...accepted, ...inserted]);
  const fields: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (problems.length >= MAX_PROBLEMS) break;
    const addProblem = (message: string): void => void problems.push({ path: [shortened(name)], message });
    const passwords = [...take(passwordProblems({ [name]: value }, []), MAX_PROBLEMS)];
    problems.push(...passwords);
    if (passwords.some(({ path }) => path.length === 1)) continue;
    if (!known.has(name)) {
      const list = known.size > 0 ? `it accepts ${[...known].join(', ')}` : 'it accepts no fields';
      addProblem(`is not accepted by job ${job.name}; ${list}${didYouMean(name, known)}`);
      continue;
    }
    if (inserted.has(name)) {
      const problem = placeholderProblem(value);
      if (problem) addProblem(problem);
    }
    if (!accepted.has(name)) continue;
    if (passwords.length === 0) problems.push(...keyProblems(job, name, value));
    if (name === 'target_instance' && !(typeof value === 'string' && targets.has(value))) {
      addProblem('must be the name of a target in the jobs file');
    }
    if (name === 'backup_files' && isRecord(value) && Object.hasOwn(value, 'copy_first')) {
      problems.push({
        path: [name, 'copy_first'],
        message: 'is never accepted from a caller: only the jobs file can set it',
      });
    }
    fields[name] = value;
  }
  if (problems.length > 0) {
    const listed =
      problems.length < MAX_PROBLEMS ? problems : [...problems.slice(0, MAX_PROBLEMS - 1), tooManyProblems([])];
    throw new RunError('invalid_fields', `request for job ${job.name}: ${problemLine(listed)}`, listed);
  }
  return fields;
}
