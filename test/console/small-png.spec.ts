import { deflateSync, inflateSync } from 'node:zlib';
import { chunk, SIGNATURE, shrinkPng } from './small-png.ts';

/** One row of dots, its filter as it is. */
function makePng(width: number, row: readonly number[], colourType = 2): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(1, 4);
  header[8] = 8;
  header[9] = colourType;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(row))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function readChunk(png: Buffer, type: string): Buffer {
  const at = png.indexOf(type, 'latin1');
  return png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
}

describe('shrinkPng', () => {
  it('keeps every pixel of an image with few colours', () => {
    // Filter 1: each byte is what it adds to the dot before.
    const png = shrinkPng(makePng(3, [1, 200, 0, 0, 0, 0, 0, 55, 10, 20]));

    expect(readChunk(png, 'PLTE').toString('hex')).toBe('c80000ff0a14');
    expect([...inflateSync(readChunk(png, 'IDAT'))]).toEqual([0, 0, 0, 1]);
    expect(readChunk(png, 'IHDR').toString('hex')).toBe('00000003000000010803000000');
  });

  it('keeps a rare colour, and uses the nearest one for similar colours', () => {
    // 300 greys, of which neighbours are alike, and one red dot.
    const greys = Array.from({ length: 300 }, (_, n) => [
      n % 256,
      n % 256,
      Math.min(255, (n % 256) + (n > 255 ? 1 : 0)),
    ]);
    const png = shrinkPng(makePng(301, [0, ...greys.flat(), 255, 0, 0]));
    const palette = readChunk(png, 'PLTE');

    expect(palette.length).toBe(256 * 3);
    const last = inflateSync(readChunk(png, 'IDAT')).at(-1) ?? 0;
    expect([...palette.subarray(last * 3, last * 3 + 3)]).toEqual([255, 0, 0]);
  });

  it('refuses an image of another format', () => {
    expect(() => shrinkPng(makePng(1, [0, 1, 2, 3, 4], 6))).toThrow('shrink a picture: it is no PNG of 8-bit RGB');
  });
});
