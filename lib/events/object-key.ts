import type { KeyEncoding } from '../kernel/settings.ts';

/** An object key, decoded from an event. */
export interface DecodedKey {
  /** As an OBS client takes it. With `written`, the decoded one of the two candidates. */
  readonly key: string;
  /** The undecoded key, if it differs and it is unknown which of the two is meant. */
  readonly written?: string;
  readonly warning?: string;
}

/** Half of a surrogate pair, which UTF-8 cannot encode. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const NOT_ENCODED = 'the key is not form-encoded and was used as is; if keys are not encoded, set OBJECT_KEYS';

/**
 * Decodes the key of an OBS event. OBS notifications form-encode keys: UTF-8 percent escapes, `/` as `%2F`, a space as `+` (OBS User Guide,
 * notification message structure, 2023-12-26); other routes do not. A key that can't be decoded is used as is, with a warning if the setting
 * is `encoded`.
 *
 * @returns `undefined` when it is not valid UTF-8, so that no object can have it
 */
export function decodeObjectKey(text: string, encoding: KeyEncoding): DecodedKey | undefined {
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
 * The key, form-decoded until nothing changes: it is the same for an object no matter how often, or by which route, its key was encoded. Use it
 * only to compare objects: it is not necessarily the key of one.
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

/** Does each `%` begin an escape? If so, decoding failed because the escaped bytes are not UTF-8. */
function isPercentEncoded(text: string): boolean {
  return !/%(?![0-9a-f]{2})/i.test(text);
}
