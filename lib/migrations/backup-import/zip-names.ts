import type { ArchiveNames } from './archive-names.ts';
import type { FileBytes } from './file-bytes.ts';

/** The end record of an archive, and an entry of the central directory (ZIP application note, 4.3.16 and 4.3.12). */
const END_BYTES = 22;
const END_MARK = 'PK\x05\x06';
const ENTRY_BYTES = 46;
const ENTRY_MARK = 'PK\x01\x02';
/** Values that mean that the number is elsewhere (ZIP64). */
const ELSEWHERE = { short: 0xffff, long: 0xffffffff };

/** The names in the central directory at the end of a zip, if it was read. */
export function zipNames({ size, head, tail }: FileBytes): ArchiveNames | { readonly problem: string } {
  const end = size === head.length ? head : tail;
  const unknown = { names: [], isComplete: false };
  if (!end) return unknown;
  const at = endRecord(end);
  if (at === undefined) return { problem: 'is truncated: the end of its zip is missing' };
  const [disk, entries] = [end.readUInt16LE(at + 4), end.readUInt16LE(at + 10)];
  if (disk !== 0 && disk !== ELSEWHERE.short) {
    return { problem: 'is part of a split archive: join the parts, and upload one .zip' };
  }
  const directory = end.readUInt32LE(at + 16);
  const start = directory - (size - end.length);
  if (directory === ELSEWHERE.long || entries === ELSEWHERE.short || start < 0) return unknown;
  return { names: directoryNames(end.subarray(start, at)), isComplete: true };
}

/** The offset of the end record, whose comment must reach to the end. */
function endRecord(end: Buffer): number | undefined {
  for (let at = end.length - END_BYTES; at >= 0; at = at === 0 ? -1 : end.lastIndexOf(END_MARK, at - 1, 'latin1')) {
    const isMark = end.toString('latin1', at, at + END_MARK.length) === END_MARK;
    if (isMark && at + END_BYTES + end.readUInt16LE(at + 20) === end.length) return at;
  }
  return undefined;
}

function directoryNames(directory: Buffer): string[] {
  const names: string[] = [];
  let at = 0;
  while (at + ENTRY_BYTES <= directory.length && directory.toString('latin1', at, at + 4) === ENTRY_MARK) {
    const length = directory.readUInt16LE(at + 28);
    names.push(directory.toString('utf8', at + ENTRY_BYTES, at + ENTRY_BYTES + length));
    at += ENTRY_BYTES + length + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return names;
}
