import { readFileSync } from 'node:fs';
import { checkAnswers } from './assumptions.ts';
import type { Answers } from './open-questions.ts';

/** The version of the file that `--assume` reads. */
const FILE_VERSION = 1;

/**
 * Reads the values of `--assume`: `question=behavior`, or the path of a JSON file `{"version": 1, "answers": {"<question>": "<behavior>"}}`, whose other
 * fields are ignored. Later values win.
 *
 * @throws {Error} for an unknown question or behavior, and a file that cannot be read
 */
export function parseAssume(values: readonly string[]): Answers {
  return Object.assign({}, ...values.map(parseValue)) as Answers;
}

function parseValue(value: string): Answers {
  const at = value.indexOf('=');
  if (at > 0 && !value.endsWith('.json')) return checkAnswers({ [value.slice(0, at)]: value.slice(at + 1) });
  if (value.endsWith('.json')) return readFile(value);
  throw new Error(`${value}: must be question=behavior, or a file whose name ends in .json`);
}

function readFile(path: string): Answers {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`read ${path}: ${(cause as Error).message}`, { cause });
  }
  const { version, answers } = (typeof content === 'object' && content !== null ? content : {}) as Record<
    string,
    unknown
  >;
  if (version !== FILE_VERSION)
    throw new Error(`read ${path}: version must be ${FILE_VERSION}, got ${JSON.stringify(version)}`);
  if (typeof answers !== 'object' || answers === null || Array.isArray(answers))
    throw new Error(`read ${path}: answers must be an object of questions and behaviors`);
  try {
    return checkAnswers(answers as Record<string, unknown>);
  } catch (cause) {
    throw new Error(`read ${path}: ${(cause as Error).message}`, { cause });
  }
}
