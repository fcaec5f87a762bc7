import type { Problem } from '../kernel/errors.ts';
import { describePlace } from './describe-place.ts';

/** Of a text that can't be parsed, for its parser knows where it stopped, and not what was meant. */
const TEXT_HELP: readonly (readonly [RegExp, string])[] = [
  [/begins with \*/, 'Put quotes around it: key: "**/*.rdb".'],
  [/in \{ \}/, 'Put quotes around a text that has ": " or begins with "- ".'],
  [
    /: a (?:quote, bracket|bracket is)|not closed/,
    'It may have been opened lines above: look upwards for a quote or bracket without its partner.',
  ],
  [
    /indented wrongly/,
    'All keys of one object begin in the same column: compare this line with those above and below it.',
  ],
  [/a tab/, 'Indent with spaces.'],
  [/there twice/, 'No two jobs, targets or keys of one object have the same name: rename one, or take it out.'],
];

/** What to write in place of what is wrong; undefined where nobody can say. */
export function helpFor({ path, message }: Problem): string | undefined {
  // It says itself where the key belongs.
  if (message.startsWith('is in the wrong place')) return undefined;
  if (path.length > 0 || !message.startsWith('not ')) return describePlace(path);
  return TEXT_HELP.find(([pattern]) => pattern.test(message))?.[1];
}
