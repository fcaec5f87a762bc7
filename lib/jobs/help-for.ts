import type { Problem } from '../kernel/errors.ts';
import { describePlace } from './describe-place.ts';

/** Help for a file that can't be parsed: the parser knows where it stopped, but not what was intended. */
const PARSE_HELP: readonly (readonly [RegExp, string])[] = [
  [/begins with \*/, 'Put it in quotes: key: "**/*.rdb".'],
  [/in \{ \}/, 'Put a string in quotes if it contains ": " or begins with "- ".'],
  [
    /: a (?:quote, bracket|bracket is)|not closed/,
    'It may have been opened on an earlier line: look above for an unmatched quote or bracket.',
  ],
  [
    /wrong indentation/,
    'All keys of an object must start in the same column: compare this line with the lines above and below it.',
  ],
  [/a tab/, 'Indent with spaces.'],
  [/duplicate key/, 'Two jobs, targets or keys of one object must not have the same name: rename or remove one.'],
];

/** How to fix a problem; `undefined` when no help is available. */
export function helpFor({ path, message }: Problem): string | undefined {
  // The message already says where the key belongs.
  if (message.startsWith('is in the wrong place')) return undefined;
  if (path.length > 0 || !message.startsWith('not ')) return describePlace(path);
  return PARSE_HELP.find(([pattern]) => pattern.test(message))?.[1];
}
