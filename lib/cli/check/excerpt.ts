import { withoutControlCharacters } from '../../kernel/control-characters.ts';
import type { Problem } from '../../kernel/errors.ts';

const MAX_LINE_LENGTH = 120;
/** Keys that may hold a secret, even if misspelt. */
const MAY_HOLD_SECRET = /pass|pwd|secret|token|credential|bearer|webhooks|whsec|access.?key|\b[as]k\b/i;

/**
 * The line of a finding, with a caret below the position, for people. Values that may be secrets are hidden: in a line that mentions one, has
 * an unknown key, or could not be parsed.
 *
 * @param isUnclear does any finding of that line concern its syntax or an unknown key?
 * @returns empty if the finding has no line
 */
export function excerpt({ path, line }: Problem, lines: readonly string[], isUnclear: boolean): string[] {
  const text = withoutControlCharacters((line === undefined ? undefined : lines[line - 1])?.trimEnd() ?? '');
  if (text.trim() === '') return [];
  const { at, length } = placeIn(text, path) ?? firstKey(text);
  // Anything that is not a key may be a secret.
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
  /** 0 if there is no key. */
  readonly length: number;
}

/** The key at the start of the line. */
function firstKey(text: string): Place {
  const [, indent = '', key = ''] = /^([\s-]*)([\w.-]{1,64})?(?=["']?\s*:(?:\s|$))/.exec(text) ?? [];
  return key === '' ? { at: text.search(/[^\s-]|$/), length: 0 } : { at: indent.length, length: key.length };
}

/** The last key of the path that is in the line; keys are searched for in order. */
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
