import { hasControlCharacter } from '../kernel/control-characters.ts';

/** Whoever encodes more often than this means no name. */
const MAX_DECODINGS = 8;

/** Only what could make a segment matters: ASCII. */
function decodePercent(text: string): string {
  return text.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/**
 * What is wrong with the key of an object that somebody outside had a part in; `undefined` when nothing is. A `.` or `..` segment leads out of
 * the folder that the job names wherever a path is normalised on its way, and so does an encoded one where it is decoded, or one between `\\`.
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
  return 'is encoded over and over';
}
