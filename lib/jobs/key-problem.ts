import { hasControlCharacter } from '../kernel/control-characters.ts';

/** No legitimate name is encoded more often than this. */
const MAX_DECODINGS = 8;

/** Only decodes ASCII, because only that can form a segment. */
function decodePercent(text: string): string {
  return text.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/**
 * What is wrong with an object key that contains input from outside; `undefined` when it is safe. A `.` or `..` segment leads out of the job's folder
 * wherever a path is normalised; so does an encoded one where it is decoded, or one between backslashes.
 */
export function keyProblem(key: string): string | undefined {
  let text = key;
  for (let i = 0; i < MAX_DECODINGS; i++) {
    if (hasControlCharacter(text)) return 'has a control character';
    if (text.split(/[/\\]/).some((segment) => segment === '.' || segment === '..')) {
      return 'has a segment that is "." or ".."';
    }
    const decoded = decodePercent(text);
    if (decoded === text) return undefined;
    text = decoded;
  }
  return 'is encoded too many times';
}
