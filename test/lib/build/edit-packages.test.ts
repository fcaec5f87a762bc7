import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EDITS, edited } from '../../../lib/build/edit-packages.ts';

const PACKAGES = join(import.meta.dirname, '../../../node_modules');
const SIGNER = '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
const read = (file: string) => readFile(join(PACKAGES, file), 'utf8');

describe('edited', () => {
  it.each(Object.entries(EDITS))('makes each of its edits in %s once', async (file, edits) => {
    const text = edited(file, await read(file));

    for (const [before] of edits) expect([before, text.includes(before)]).toEqual([before, false]);
    for (const [, after] of edits) expect([after, text.includes(after)]).toEqual([after, true]);
  });

  it('leaves a file without edits as it is', () => {
    expect(edited('other.js', 'text')).toBe('text');
  });

  it.each([
    ['no longer there', (text: string) => text.replace('localeCompare', 'compare'), 0],
    ['there twice', (text: string) => text + text, 2],
  ])('fails when a text to edit is %s', async (_, change, times) => {
    const source = change(await read(SIGNER));

    expect(() => edited(SIGNER, source)).toThrow(
      `${SIGNER} has ${times} times what is to be edited once: headers.sort(`,
    );
  });
});

describe('the signer in a bundle', () => {
  it('lists the headers by the codes of their names, whatever their case, with equal ones in their order', async () => {
    const [[, instead] = ['', '']] = EDITS[SIGNER] ?? [];
    const sort = new Function('headers', `${instead}; return headers`);
    const headers = ['X_a', 'x-project-id', 'X-Sdk-Date', 'Host', 'content-type', 'a9', 'aa', 'host'].map((key) => ({
      key,
    }));

    expect(sort(headers).map(({ key }: { key: string }) => key)).toEqual([
      'a9',
      'aa',
      'content-type',
      'Host',
      'host',
      'x-project-id',
      'X-Sdk-Date',
      'X_a',
    ]);
  });
});
