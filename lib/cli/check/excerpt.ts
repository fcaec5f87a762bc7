import { withoutControlCharacters } from '../../kernel/control-characters.ts';
import type { Problem } from '../../kernel/errors.ts';

const MAX_LINE_LENGTH = 120;
/** Where a person may have written a secret, be it under a name that is spelt wrongly. */
const MAY_HOLD_SECRET = /pass|pwd|secret|token|credential|bearer|webhooks|whsec|access.?key|\b[as]k\b/i;

/**
 * The line of the file that a finding is about, and a caret below the place, for people. Values are left out where a secret may stand: in a
 * line that speaks of one, that has a key which is not known, or that could not be parsed.
 *
 * @param isUnclear is any finding of that line about its text or about a key that is not known?
 * @returns empty when the finding has no line
 */
export function excerpt({ path, line }: Problem, lines: readonly string[], isUnclear: boolean): string[] {
  const text = withoutControlCharacters((line === undefined ? undefined : lines[line - 1])?.trimEnd() ?? '');
  if (text.trim() === '') return [];
  const { at, length } = placeIn(text, path) ?? firstKey(text);
  // What is no key may be a secret.
  const isHidden = isUnclear || MAY_HOLD_SECRET.test(text) || MAY_HOLD_SECRET.test(path.join('.'));
  if (isHidden && length === 0) return [];
  const indent = /^[\s-]*/.exec(text)?.[0] ?? '';
  const [shown, caretAt] = isHidden
    ? [`${indent}${text.slice(at, at + length)}: …`, indent.length]
    : [text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH)}…` : text, at];
  const gutter = `${line} | `;
  if (caretAt >= MAX_LINE_LENGTH) return [`${gutter}${shown}`];
  return [`${gutter}${shown}`, `${' '.repeat(gutter.length - 2)}| ${' '.repeat(caretAt)}${'^'.repeat(length || 1)}`];
}

interface Place {
  readonly at: number;
  /** 0 where no key stands there. */
  readonly length: number;
}

/** The key that the line begins with. */
function firstKey(text: string): Place {
  const [, indent = '', key = ''] = /^([\s-]*)([\w.-]{1,64})?(?=["']?\s*:(?:\s|$))/.exec(text) ?? [];
  return key === '' ? { at: text.search(/[^\s-]|$/), length: 0 } : { at: indent.length, length: key.length };
}

/** The last key of the path that stands in the line, looked for in their order. */
function placeIn(text: string, path: Problem['path']): Place | undefined {
  let found: Place | undefined;
  let from = 0;
  for (const key of path) {
    if (typeof key === 'number') continue;
    const escaped = key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const match = new RegExp(`(?<![\\w.-])${escaped}(?=["']?\\s*:)`).exec(text.slice(from));
    if (!match) continue;
    found = { at: from + match.index, length: key.length };
    from = found.at + key.length;
  }
  return found;
}
