/** Deeper than any field of an action. */
export const MAX_BODY_DEPTH = 32;
/** Names by which an object reaches its prototype. */
const DANGEROUS = new Set(['__proto__', 'constructor', 'prototype']);

export type JsonFault = 'not_json' | 'too_deep' | 'duplicate_key' | 'forbidden_key';

/** Why a text is refused; `path` leads to the key at fault. */
export class StrictJsonError extends Error {
  readonly fault: JsonFault;
  readonly path: readonly (string | number)[];

  constructor(fault: JsonFault, path: readonly (string | number)[]) {
    super(fault);
    this.name = 'StrictJsonError';
    this.fault = fault;
    this.path = path;
  }
}

interface Level {
  /** Of an object; a list has none. */
  readonly keys?: Set<string>;
  /** Where we are in it. */
  at: string | number;
}

/** With `u` a whole pair counts as one character, so this is half of one. */
const HALF_PAIR = /\p{Surrogate}/u;
/** Texts and the marks that open, close and part; numbers and words are of no interest. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/**
 * Parses JSON, and refuses what parsers do not agree on or what serves attacks alone: keys that are there twice, `__proto__` and its like,
 * deep nesting, half of a surrogate pair, a byte order mark.
 *
 * @throws {StrictJsonError} its message does not quote the text
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's error quotes the text.
    throw new StrictJsonError('not_json', []);
  }
  checkTokens(text);
  return value;
}

/** Walks over the tokens of a text that is valid JSON. */
function checkTokens(text: string): void {
  const levels: Level[] = [];
  const path = () => levels.map(({ at }) => at);
  let isKey = false;
  for (const [token] of text.matchAll(TOKENS)) {
    const top = levels.at(-1);
    switch (token) {
      case '{':
      case '[':
        if (levels.length >= MAX_BODY_DEPTH) throw new StrictJsonError('too_deep', path());
        levels.push(token === '{' ? { keys: new Set(), at: '' } : { at: 0 });
        isKey = token === '{';
        break;
      case '}':
      case ']':
        levels.pop();
        isKey = false;
        break;
      case ',':
        if (top && typeof top.at === 'number') top.at += 1;
        isKey = top?.keys !== undefined;
        break;
      default: {
        const string = JSON.parse(token) as string;
        if (isKey && top?.keys) {
          top.at = string;
          if (DANGEROUS.has(string)) throw new StrictJsonError('forbidden_key', path());
          if (top.keys.has(string)) throw new StrictJsonError('duplicate_key', path());
          top.keys.add(string);
          isKey = false;
        }
        if (HALF_PAIR.test(string)) throw new StrictJsonError('not_json', path());
      }
    }
  }
}
