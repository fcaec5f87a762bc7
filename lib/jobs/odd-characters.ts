import type { Problem } from '../kernel/errors.ts';

/** Blanks that YAML does not take for one. */
const BLANKS: Readonly<Record<string, string>> = {
  '\u00a0': 'a no-break space (U+00A0)',
  '\u3000': 'a full-width space (U+3000)',
  '\u0085': 'a next-line character (U+0085)',
};
const BLANK = '[\\u00a0\\u0085\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]';
/** What nobody sees: zero-width characters but the joiners of emoji, marks of direction, line ends of other systems. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/;
const KEY = '["\']?[A-Za-z_][\\w.-]*["\']?';
/** What may stand before a key or an item: the indentation, dashes, or a bracket and what follows it. Not `\s`, which takes odd blanks for blanks. */
const BEFORE = '(?:^[ \\t]*(?:- +)*|[{[][ \\t]*|[{[][^\\]}]*,[ \\t]*)';
/** Where a value begins: after a colon, a dash, or a bracket and what follows it. */
const VALUE = `(?::[ \\t]*|^[ \\t]*(?:- +)+|[{[][ \\t]*|[{[][^\\]}]*,[ \\t]*)`;

const QUOTES = '[“”„‟«»‘’‚‛「『＂＇]';

interface Oddity {
  readonly pattern: RegExp;
  /** Is it looked for in quotes, too? */
  readonly everywhere?: true;
  /** What it is, and what to write; gets the character that the pattern's group found. */
  readonly message: (character: string) => string;
}

const codePoint = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
const blankName = (character: string) => BLANKS[character] ?? `a Unicode space (${codePoint(character)})`;

const ASCII_BRACKETS: Readonly<Record<string, string>> = { '｛': '{', '｝': '}', '［': '[', '］': ']' };

const ODDITIES: readonly Oddity[] = [
  {
    pattern: new RegExp(`(${INVISIBLE.source})`),
    everywhere: true,
    message: (character) =>
      `an invisible character (${codePoint(character)}) is here; delete it, and type the text again`,
  },
  {
    pattern: new RegExp(`^[ \\t-]*(${BLANK})`),
    message: (character) => `${blankName(character)} is used to indent; indent with ordinary spaces`,
  },
  {
    pattern: new RegExp(`${BEFORE}${KEY}(?:[ \\t]*(${BLANK})[ \\t]*[:：]|[ \\t]*[:：][ \\t]*(${BLANK}))`),
    message: (character) => `${blankName(character)} stands beside a key; write an ordinary space`,
  },
  {
    pattern: new RegExp(`(${BLANK})[ \\t]*$`),
    message: (character) => `${blankName(character)} stands at the end of the line; delete it`,
  },
  {
    pattern: new RegExp(`${BEFORE}${KEY}[ \\t]*(：)`),
    message: () => 'a full-width colon (：) stands after a key; write ": ", the ASCII colon and a space',
  },
  {
    pattern: new RegExp(`${VALUE}(${QUOTES})`),
    message: (character) => `a typographic quote (${character}) begins a text; write the straight quote " or '`,
  },
  {
    pattern: new RegExp(`${BEFORE}(${QUOTES})[\\w.-]+[^\\s:：]?[ \\t]*[:：]`),
    message: (character) => `a typographic quote (${character}) begins a key; write the straight quote ", or none`,
  },
  {
    pattern: /([｛｝［］])/,
    message: (character) =>
      `a full-width bracket (${character}) stands here; write ${ASCII_BRACKETS[character] ?? 'an ASCII one'}`,
  },
  {
    pattern: new RegExp(`\\{[^}]*?([，、])[ \\t]*${KEY}[ \\t]*[:：]|\\[[^\\]]*?[\\w"'}][ \\t]*([，、])[ \\t]*[\\w"'{]`),
    message: (character) =>
      `a full-width comma (${character}) separates items; write ", ", the ASCII comma and a space`,
  },
  {
    pattern: /^[ \t]*([–—−－•·])[ \t]/,
    message: (character) =>
      `${character} stands where an item of a list begins; write "- ", the ASCII hyphen and a space`,
  },
  {
    pattern: /^[ \t]*(＃)/,
    message: () => 'a full-width hash (＃) begins a comment; write #',
  },
  {
    pattern: new RegExp(`${BEFORE}([\\w.-]*[Ａ-Ｚａ-ｚ０-９＿－][\\w.Ａ-Ｚａ-ｚ０-９＿－-]*)[ \\t]*[:：]`),
    message: () => 'a key has full-width letters; write it in ASCII',
  },
  {
    pattern: new RegExp(`${VALUE}([０-９]+)[ \\t]*(?:$|[,}\\]])`),
    message: () => 'a number has full-width digits; write them in ASCII',
  },
];

/** A line without what stands in quotes and in its comment: spaces of the same length. */
function plainPart(line: string): string {
  return line.replace(/"(?:[^"\\]|\\.)*"|(?<=^|[ \t:,[{-])'(?:[^']|'')*'|(?<=^|[ \t])#.*$/g, (part) =>
    part.startsWith('#') ? '' : `"${'_'.repeat(Math.max(part.length - 2, 0))}"`,
  );
}

function withoutComment(line: string): string {
  return line.replace(/("(?:[^"\\]|\\.)*"|(?<=^|[ \t:,[{-])'(?:[^']|'')*')|(?<=^|[ \t])#.*$/g, (part, quoted) =>
    quoted === undefined ? '' : part,
  );
}

/**
 * Characters of a text that look like those of its format and are none, as Chinese input methods, word processors and web pages leave them:
 * one problem for each kind in a line, with what to write. Comments, and but for the invisible ones quoted texts, may hold any.
 *
 * @param isLiteral is this line (1-based) text as it stands, such as of a block scalar?
 */
export function oddCharacters(
  text: string,
  format: 'YAML' | 'JSON',
  isLiteral: (line: number) => boolean = () => false,
): Problem[] {
  // Most files have none, and this is all that they cost.
  if (!/[^\n\r\t\u0020-\u007e]/.test(text)) return [];
  return text.split(/\r?\n/).flatMap((content, i) => {
    if (isLiteral(i + 1) || !/[^\t\u0020-\u007e]/.test(content)) return [];
    const [everything, plain] = [withoutComment(content), plainPart(content)];
    return ODDITIES.flatMap(({ pattern, everywhere, message }) => {
      const groups = pattern.exec(everywhere ? everything : plain);
      const character = groups?.slice(1).find((group) => group !== undefined);
      return character === undefined
        ? []
        : [{ path: [], message: `not valid ${format}: ${message(character)}`, line: i + 1 }];
    });
  });
}
