import type { Problem } from '../kernel/errors.ts';

export type DecodedText = { readonly text: string } | { readonly problem: Problem };

const SAVE = 'save it as UTF-8 (in most editors: Save with encoding; PowerShell: Set-Content -Encoding utf8)';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern searches for them
const ODD = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\r(?!\n)/;

function refused(message: string, line: number): DecodedText {
  return { problem: { path: [], message, line } };
}

/** Detects UTF-16 and UTF-32 by the byte order mark, or by zero bytes beside ASCII, which UTF-8 text never has. */
function utf16Of(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes[2] === 0 && bytes[3] === 0 ? 'UTF-32' : 'UTF-16 (LE)';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'UTF-16 (BE)';
  if (bytes.length < 2 || (bytes[0] === 0) === (bytes[1] === 0)) return undefined;
  return bytes[0] === 0 ? 'UTF-16 (BE)' : 'UTF-16 (LE)';
}

/** The first line, 1-based, that is not UTF-8. All encodings that get here have the same line breaks. */
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

/** In GBK or GB18030, high bytes come in consecutive pairs; accented letters in Windows-1252 are single bytes. */
function encodingGuess(bytes: Buffer): string {
  const runs = bytes.toString('latin1').match(/[\u0080-\u00ff]+/g) ?? [];
  const paired = runs.filter((run) => run.length > 1).join('').length;
  return paired * 2 > runs.join('').length
    ? 'GBK or GB18030, which Windows uses for Chinese'
    : 'Windows-1252 or another single-byte encoding';
}

/**
 * Decodes a jobs file: UTF-8, with or without a byte order mark, which is removed. Throws nothing.
 *
 * @returns for any other encoding, a problem with its name, the line, and what to do, but never the content
 */
export function decodeText(bytes: Buffer): DecodedText {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined)
    return refused(`not readable: the file is ${utf16}, which some Windows tools write; ${SAVE}`, 1);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const [odd] = ODD.exec(text) ?? [];
    if (odd === undefined) return { text };
    const line = text.slice(0, text.search(ODD)).split('\n').length;
    if (odd === '\r') return refused('not readable: lines end with CR, as on old Macs; save it with LF or CR LF', line);
    const code = odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return refused(
      `not readable: contains a control character (U+${code}); delete it: a jobs file must be UTF-8 text`,
      line,
    );
  } catch {
    const message = `not readable: the file is not UTF-8, but looks like ${encodingGuess(bytes)}; ${SAVE}`;
    return refused(message, firstBadLine(bytes));
  }
}
