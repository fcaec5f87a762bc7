import type { Problem } from '../kernel/errors.ts';

/** Whitespace characters that YAML does not treat as whitespace. */
const WHITESPACE_NAMES: Readonly<Record<string, string>> = {
  '\u00a0': 'a no-break space (U+00A0)',
  '\u3000': 'a full-width space (U+3000)',
  '\u0085': 'a next-line character (U+0085)',
};
const BLANK = '[\\u00a0\\u0085\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]';
/** Invisible characters: zero-width ones except the joiners of emoji, bidirectional marks, line separators. */
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/;
const KEY = '["\']?[A-Za-z_][\\w.-]*["\']?';
/** What may precede a key or an item: indentation, dashes, or a bracket and what follows it. Not `\s`, which also matches odd whitespace. */
const BEFORE = '(?:^[ \\t]*(?:- +)*|[{[][ \\t]*|[{[][^\\]}]*,[ \\t]*)';
/** What precedes a value: a colon, a dash, or a bracket and what follows it. */
const VALUE = `(?::[ \\t]*|^[ \\t]*(?:- +)+|[{[][ \\t]*|[{[][^\\]}]*,[ \\t]*)`;

const QUOTES = '[“”„‟«»‘’‚‛「『＂＇]';

interface Oddity {
  readonly pattern: RegExp;
  /** Is it also searched for in quotes? */
  readonly everywhere?: true;
  /** What it is, and what to write. Receives the character that the pattern's group matched. */
  readonly message: (character: string) => string;
}

const codePoint = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
const whitespaceName = (character: string) =>
  WHITESPACE_NAMES[character] ?? `a Unicode space (${codePoint(character)})`;

const ASCII_BRACKETS: Readonly<Record<string, string>> = { '｛': '{', '｝': '}', '［': '[', '］': ']' };

const ODDITIES: readonly Oddity[] = [
  {
    pattern: new RegExp(`(${INVISIBLE.source})`),
    everywhere: true,
    message: (character) =>
      `contains an invisible character (${codePoint(character)}); delete it, and type the text again`,
  },
  {
    pattern: new RegExp(`^[ \\t-]*(${BLANK})`),
    message: (character) => `${whitespaceName(character)} is used for indentation; indent with ordinary spaces`,
  },
  {
    pattern: new RegExp(`${BEFORE}${KEY}(?:[ \\t]*(${BLANK})[ \\t]*[:：]|[ \\t]*[:：][ \\t]*(${BLANK}))`),
    message: (character) => `${whitespaceName(character)} is next to a key; write an ordinary space`,
  },
  {
    pattern: new RegExp(`(${BLANK})[ \\t]*$`),
    message: (character) => `${whitespaceName(character)} is at the end of the line; delete it`,
  },
  {
    pattern: new RegExp(`${BEFORE}${KEY}[ \\t]*(：)`),
    message: () => 'a full-width colon (：) follows a key; write ": ", an ASCII colon and a space',
  },
  {
    pattern: new RegExp(`${VALUE}(${QUOTES})`),
    message: (character) => `a typographic quote (${character}) begins a string; write a straight quote " or '`,
  },
  {
    pattern: new RegExp(`${BEFORE}(${QUOTES})[\\w.-]+[^\\s:：]?[ \\t]*[:：]`),
    message: (character) => `a typographic quote (${character}) begins a key; write a straight quote ", or none`,
  },
  {
    pattern: /([｛｝［］])/,
    message: (character) =>
      `contains a full-width bracket (${character}); write ${ASCII_BRACKETS[character] ?? 'an ASCII one'}`,
  },
  {
    pattern: new RegExp(`\\{[^}]*?([，、])[ \\t]*${KEY}[ \\t]*[:：]|\\[[^\\]]*?[\\w"'}][ \\t]*([，、])[ \\t]*[\\w"'{]`),
    message: (character) => `a full-width comma (${character}) separates items; write ", ", an ASCII comma and a space`,
  },
  {
    pattern: /^[ \t]*([–—−－•·])[ \t]/,
    message: (character) => `${character} begins a list item; write "- ", an ASCII hyphen and a space`,
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

/** A line without its comment, and with the content of quotes replaced by characters of the same length. */
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
 * Finds characters that only look like the syntax of the format, as left by Chinese input methods, word processors and web pages: one problem per kind
 * and line, with what to write. Comments may contain any of them; quoted strings, any but the invisible ones.
 *
 * @param isLiteral is this line (1-based) literal text, such as in a block scalar?
 */
export function oddCharacters(
  text: string,
  format: 'YAML' | 'JSON',
  isLiteral: (line: number) => boolean = () => false,
): Problem[] {
  // Most files have none, and end here.
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
