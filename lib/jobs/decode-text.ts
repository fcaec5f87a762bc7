import type { Problem } from '../kernel/errors.ts';

export type DecodedText = { readonly text: string } | { readonly problem: Problem };

const SAVE = 'save it as UTF-8 (in most editors: Save with encoding; PowerShell: Set-Content -Encoding utf8)';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const ODD = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)/;

function refused(message: string, line: number): DecodedText {
  return { problem: { path: [], message, line } };
}

/** By its byte order mark, or by the zero bytes beside ASCII, which no UTF-8 text has. */
function utf16Of(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes[2] === 0 && bytes[3] === 0 ? 'UTF-32' : 'UTF-16 (LE)';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'UTF-16 (BE)';
  if (bytes.length < 2 || (bytes[0] === 0) === (bytes[1] === 0)) return undefined;
  return bytes[0] === 0 ? 'UTF-16 (BE)' : 'UTF-16 (LE)';
}

/** The first line, 1-based, that is not UTF-8. Line ends are the same bytes in all encodings that this is asked of. */
function firstBadLine(bytes: Buffer): number {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  for (let from = 0, line = 1; ; line++) {
    const end = bytes.indexOf(0x0a, from);
    try {
      utf8.decode(bytes.subarray(from, end === -1 ? undefined : end));
    } catch {
      return line;
    }
    if (end === -1) return line;
    from = end + 1;
  }
}

/** Chinese in GBK or GB18030 has its high bytes in pairs, one pair after the other; accented letters of Windows-1252 stand alone. */
function encodingGuess(bytes: Buffer): string {
  const runs = bytes.toString('latin1').match(/[\u0080-\u00ff]+/g) ?? [];
  const paired = runs.filter((run) => run.length > 1).join('').length;
  return paired * 2 > runs.join('').length
    ? 'GBK or GB18030, as Windows writes Chinese'
    : 'Windows-1252 or another encoding of a single language';
}

/**
 * The text of a jobs file: UTF-8, without its byte order mark if it has one. Throws nothing.
 *
 * @returns for every other encoding a problem that names it, the line, and what to do; never what stands there
 */
export function decodeText(bytes: Buffer): DecodedText {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined)
    return refused(`not readable: the file is ${utf16}, as Windows tools may write it; ${SAVE}`, 1);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const [odd] = ODD.exec(text) ?? [];
    if (odd === undefined) return { text };
    const line = text.slice(0, text.search(ODD)).split('\n').length;
    if (odd === '\r') return refused('not readable: lines end as on old Macs (CR); save it with LF, or CR LF', line);
    const code = odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return refused(
      `not readable: a control character (U+${code}) is here; delete it: a jobs file is text, in UTF-8`,
      line,
    );
  } catch {
    const message = `not readable: this is not UTF-8, and looks like ${encodingGuess(bytes)}; ${SAVE}`;
    return refused(message, firstBadLine(bytes));
  }
}
