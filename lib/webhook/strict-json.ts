/** Deeper than any field of an action. */
export const MAX_BODY_DEPTH = 32;
/** Keys that give access to an object's prototype. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

export type JsonFault = 'not_json' | 'too_deep' | 'duplicate_key' | 'forbidden_key';

/** Why a JSON document is refused; `path` leads to the offending key. */
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
  /** The keys of an object; absent for a list. */
  readonly keys?: Set<string>;
  /** The current key or index. */
  at: string | number;
}

/** With the `u` flag a whole pair counts as one character, so this matches a lone surrogate. */
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Strings and punctuation; numbers and literals do not matter here. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/**
 * Parses JSON and refuses what parsers disagree on or what only attackers send: duplicate keys, `__proto__` and similar keys, deep nesting,
 * lone surrogates, a byte order mark.
 *
 * @throws {StrictJsonError} whose message does not quote the input
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's error quotes the input.
    throw new StrictJsonError('not_json', []);
  }
  checkTokens(text);
  return value;
}

/** Checks the tokens of valid JSON. */
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
          if (FORBIDDEN_KEYS.has(string)) throw new StrictJsonError('forbidden_key', path());
          if (top.keys.has(string)) throw new StrictJsonError('duplicate_key', path());
          top.keys.add(string);
          isKey = false;
        }
        if (LONE_SURROGATE.test(string)) throw new StrictJsonError('not_json', path());
      }
    }
  }
}
