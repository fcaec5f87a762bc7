import type { KeyEncoding } from '../settings.ts';

/**
 * The key as an OBS client takes it. OBS notifications write keys form-encoded: UTF-8 percent escapes, `/` as `%2F`, a space as `+`
 * (OBS User Guide, notification message structure, 2023-12-26). A key that can't be decoded is taken as it is, with a warning.
 */
export function decodeObjectKey(key: string, encoding: KeyEncoding): { key: string; warning?: string } {
  if (encoding === 'raw') return { key };
  try {
    return { key: decodeURIComponent(key.replaceAll('+', '%20')) };
  } catch {
    return { key, warning: 'the key is not form-encoded and was taken as it is; if keys come raw, set OBJECT_KEYS' };
  }
}
