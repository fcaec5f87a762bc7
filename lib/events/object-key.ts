import type { KeyEncoding } from '../kernel/settings.ts';

/** The key of an object as an event gives it. */
export interface DecodedKey {
  /** As an OBS client takes it, unless `written` is given: then it is the decoded one of two. */
  readonly key: string;
  /** The key without decoding, where that is another one and nothing says which of the two is meant. */
  readonly written?: string;
  readonly warning?: string;
}

/** Half of a character: UTF-8 has no bytes for it. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const NOT_ENCODED = 'the key is not form-encoded and was taken as it is; if keys come raw, set OBJECT_KEYS';

/**
 * Reads the key of an OBS event. OBS notifications write keys form-encoded: UTF-8 percent escapes, `/` as `%2F`, a space as `+` (OBS User Guide,
 * notification message structure, 2023-12-26); other routes write them as they are. A key that can't be decoded is taken as it is; where
 * the setting says `encoded`, with a warning.
 *
 * @returns `undefined` when it is the key of no object, because it is not UTF-8
 */
export function readObjectKey(text: string, encoding: KeyEncoding): DecodedKey | undefined {
  if (LONE_SURROGATE.test(text)) return undefined;
  if (encoding === 'raw') return { key: text };
  const key = formDecode(text);
  if (key === undefined) {
    if (isPercentEncoded(text)) return undefined;
    return encoding === 'encoded' ? { key: text, warning: NOT_ENCODED } : { key: text };
  }
  return encoding === 'auto' && key !== text ? { key, written: text } : { key };
}

/**
 * A key form-decoded until nothing changes: the same for an object however often, and by whichever route, its key was encoded. By this an
 * object is told from others, and by nothing else: it need not be the key of any.
 */
export function fullyDecoded(key: string): string {
  if (!/[%+]/.test(key)) return key;
  for (let text = key; ; ) {
    const decoded = formDecode(text);
    if (decoded === undefined || decoded === text) return text;
    text = decoded;
  }
}

function formDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    return undefined;
  }
}

/** Is each `%` that of an escape? Then it is the bytes of these that are not UTF-8. */
function isPercentEncoded(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text);
}
