import type { ArchiveNames } from './archive-names.ts';

const BLOCK = 512;
/** Types of entries that describe the next entry: a long name, or POSIX extended headers. */
const ABOUT_NEXT = 'xgLK';

/** The names in the unpacked bytes of a tar (POSIX ustar), which may be only its start. */
export function tarNames(bytes: Buffer, isWhole: boolean): ArchiveNames | { readonly problem: string } {
  if (bytes.length < BLOCK && !isWhole) return { names: [], isComplete: false };
  if (!isHeader(bytes.subarray(0, BLOCK))) return { problem: 'contains no tar' };
  const names: string[] = [];
  let isComplete = isWhole;
  let at = 0;
  while (isHeader(bytes.subarray(at, at + BLOCK))) {
    const header = bytes.subarray(at, at + BLOCK);
    const kind = String.fromCharCode(header[156] ?? 0);
    if (ABOUT_NEXT.includes(kind)) isComplete = false;
    else names.push(textAt(header, 0, 100));
    at += BLOCK * (1 + Math.ceil(sizeOf(header) / BLOCK));
    if (at > bytes.length && isWhole) return { problem: 'is truncated: the end of its tar is missing' };
  }
  return { names, isComplete };
}

/** The checksum of a header is the sum of its bytes, with the checksum field itself counted as spaces. */
function isHeader(header: Buffer): boolean {
  if (header.length < BLOCK || header[0] === 0) return false;
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  return Number.parseInt(textAt(header, 148, 8), 8) === sum;
}

function textAt(header: Buffer, at: number, length: number): string {
  return (header.toString('latin1', at, at + length).split('\0')[0] ?? '').trim();
}

/** Sizes of 8 GB and more are not written as digits: the rest is then not checked. */
function sizeOf(header: Buffer): number {
  const digits = textAt(header, 124, 12);
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.POSITIVE_INFINITY;
}
