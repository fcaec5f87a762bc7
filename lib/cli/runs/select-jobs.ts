import { matchesGlob } from '../../jobs/glob.ts';
import { suggest } from '../../schema/suggest.ts';
import { UsageError } from '../usage-error.ts';
import { checkJobName } from './find-run.ts';

/** The jobs that an argument of a command names: one, all whose names match a pattern, or all. */
export interface JobSelection {
  /** The one job; absent for a pattern, and for all jobs. */
  readonly job?: string;
  /** With `*` for any characters; absent for one job, and for all jobs. */
  readonly pattern?: string;
  matches(job: string): boolean;
}

/** For the help of commands that take a pattern. */
export const PATTERN_HELP =
  "A pattern names several jobs: * stands for any characters. Quote it ('restore-*'): the shell would replace it with the names of files.";

const PATTERN = /^[a-z0-9*-]{1,80}$/;
const MAX_SUGGESTED = 3;
const MAX_LISTED = 10;

/** @throws {UsageError} for what can be neither a name nor a pattern */
export function selectJobs(given: string | undefined): JobSelection {
  if (given === undefined) return { matches: () => true };
  if (!given.includes('*')) {
    const job = checkJobName(given);
    return { job, matches: (name) => name === job };
  }
  if (!PATTERN.test(given)) {
    throw new UsageError(
      `${JSON.stringify(given)} is not a valid pattern of job names: lower-case letters, digits, "-", and "*" for any characters`,
    );
  }
  // In a key, ** has a meaning of its own.
  const glob = given.replaceAll(/\*+/g, '*');
  return { pattern: given, matches: (name) => matchesGlob(glob, name) };
}

/**
 * The known jobs that a selection matches, in the given order.
 *
 * @param what the command, for the message
 * @throws {UsageError} for a pattern that matches none, with the names that were probably meant
 */
export function matchedJobs({ pattern, matches }: JobSelection, known: Iterable<string>, what: string): string[] {
  const names = [...new Set(known)];
  const matched = names.filter(matches);
  if (matched.length > 0 || pattern === undefined) return matched;
  throw new UsageError(`${what} ${JSON.stringify(pattern)}: no job matches${meant(pattern, names)}`);
}

function meant(pattern: string, names: readonly string[]): string {
  const [head = ''] = pattern.split('*');
  const literal = pattern.replaceAll('*', '');
  const near = names.filter(
    (name) => (literal !== '' && name.includes(literal)) || suggest(head, [name.slice(0, head.length)]) !== undefined,
  );
  const quoted = (some: readonly string[]) => some.map((name) => JSON.stringify(name)).join(' or ');
  if (near.length > 0) return `; did you mean ${quoted(near.slice(0, MAX_SUGGESTED))}?`;
  if (names.length === 0) return '';
  const more = names.length > MAX_LISTED ? `, and ${names.length - MAX_LISTED} more` : '';
  return `; the jobs are ${names.slice(0, MAX_LISTED).join(', ')}${more}`;
}
