import { crc32, deflateSync, inflateSync } from 'node:zlib';

export const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const RGB = 3;

/**
 * The same picture with at most 256 colours, which is a third of the bytes: the others become the nearest of them. For a page of text nobody
 * sees it.
 *
 * @param png as Chromium writes it: 8 bits each of red, green and blue, not interlaced (PNG, third edition, 2025)
 * @throws {Error} any other kind of picture
 */
export function shrinkPng(png: Buffer): Buffer {
  const chunks = readChunks(png);
  const header = chunks.find(({ type }) => type === 'IHDR')?.data ?? Buffer.alloc(13);
  if (header.toString('hex', 8) !== '0802000000') throw new Error('shrink a picture: it is no PNG of 8-bit RGB');
  const width = header.readUInt32BE(0);
  const data = chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.data);
  const rows = unfilter(inflateSync(Buffer.concat(data)), width * RGB);
  const palette = fittingColours(rows);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const indexed = rows.map((row) => {
    const line = Buffer.alloc(width + 1);
    for (let x = 0; x < width; x++) {
      const colour = row.readUIntBE(x * RGB, RGB);
      const place = places.get(colour) ?? nearest(palette, colour);
      places.set(colour, place);
      line[x + 1] = place;
    }
    return line;
  });
  const newHeader = Buffer.from(header);
  newHeader[9] = 3;
  const colours = Buffer.alloc(palette.length * RGB);
  palette.forEach((colour, place) => void colours.writeUIntBE(colour, place * RGB, RGB));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', newHeader),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(Buffer.concat(indexed), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function readChunks(png: Buffer): { type: string; data: Buffer }[] {
  const chunks = [];
  for (let at = SIGNATURE.length; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

export function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** The rows as they were before the filters of PNG, section 9. */
function unfilter(bytes: Buffer, length: number): Buffer[] {
  const rows: Buffer[] = [];
  let above: Buffer = Buffer.alloc(length);
  for (let at = 0; at < bytes.length; at += length + 1) {
    const filter = bytes[at];
    const row = Buffer.from(bytes.subarray(at + 1, at + 1 + length));
    for (let x = 0; x < length; x++) {
      const left = row[x - RGB] ?? 0;
      const up = above[x] ?? 0;
      const corner = above[x - RGB] ?? 0;
      const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
      row[x] = ((row[x] ?? 0) + (guesses[filter ?? 0] ?? 0)) & 0xff;
    }
    rows.push(row);
    above = row;
  }
  return rows;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [byLeft, byUp, byCorner] = [left, up, corner].map((value) => Math.abs(guess - value)) as [
    number,
    number,
    number,
  ];
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

/** The 256 that leave the picture the least off, chosen one after the other. */
function fittingColours(rows: readonly Buffer[]): number[] {
  const counts = new Map<number, number>();
  for (const row of rows) {
    for (let x = 0; x < row.length; x += RGB) {
      const colour = row.readUIntBE(x, RGB);
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
  // Not simply the most frequent ones: a red word among thousands of grey dots has to stay red.
  const left = [...counts].map(([colour, count]) => ({ colour, count, off: Number.POSITIVE_INFINITY }));
  const chosen: number[] = [];
  while (chosen.length < Math.min(256, left.length)) {
    const next = left.reduce((worst, entry) => (entry.count * entry.off > worst.count * worst.off ? entry : worst));
    chosen.push(next.colour);
    for (const entry of left) entry.off = Math.min(entry.off, distance(entry.colour, next.colour));
  }
  return chosen;
}

/** Squared. */
function distance(one: number, other: number): number {
  return [0, 8, 16].reduce((sum, shift) => sum + (((one >> shift) & 0xff) - ((other >> shift) & 0xff)) ** 2, 0);
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  palette.forEach((candidate, place) => {
    const off = distance(candidate, colour);
    if (off < least) [best, least] = [place, off];
  });
  return best;
}
