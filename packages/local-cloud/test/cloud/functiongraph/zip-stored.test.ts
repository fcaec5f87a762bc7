import fc from 'fast-check';
import { unzip } from '../../../src/cloud/functiongraph/zip.ts';
import { zipStored } from '../../../src/cloud/functiongraph/zip-stored.ts';

const name = fc.stringMatching(/^[a-zA-Zé中0-9_-]{1,8}(\/[a-z0-9]{1,8}){0,2}\.js$/);

describe('an archive of files', () => {
  it('has the same files when it is unpacked', () => {
    fc.assert(
      fc.property(fc.dictionary(name, fc.uint8Array({ maxLength: 50 })), (files) => {
        const sent = new Map(Object.entries(files).map(([file, bytes]) => [file, Buffer.from(bytes)]));

        expect(unzip(zipStored(sent), 1_000_000)).toEqual(sent);
      }),
    );
  });

  it('is the same for the same files', () => {
    const files = new Map([['a.js', Buffer.from('1')]]);

    expect(zipStored(files).equals(zipStored(files))).toBe(true);
  });
});
