import type { LedgerEntry, LedgerStore } from '../../lib/ports/ledger-store.ts';

/** What every ledger store guarantees. `make` returns a new, empty one. */
export function ledgerStoreContract(name: string, make: () => Promise<LedgerStore>): void {
  describe(name, () => {
    let store: LedgerStore;
    const names = (entries: readonly LedgerEntry[]) => entries.map((entry) => entry.name);

    beforeEach(async () => {
      store = await make();
    });

    describe('a list', () => {
      it('that is absent reads as empty at position 0', async () => {
        expect(await store.read('runs/restore/4f1c')).toEqual({ text: '', position: 0 });
      });

      it('begins with an append at 0 and grows by appends at its position', async () => {
        expect(await store.append('runs/restore/4f1c', 0, '{"a":1}\n')).toBe(8);
        expect(await store.append('runs/restore/4f1c', 8, '{"b":22}\n')).toBe(17);
        expect(await store.read('runs/restore/4f1c')).toEqual({ text: '{"a":1}\n{"b":22}\n', position: 17 });
      });

      it.each([
        ['0', 0],
        ['a position inside', 4],
        ['the start of its last record', 8],
        ['beyond its end', 99],
      ])('that ends at 17 refuses an append at %s and does not change', async (_, position) => {
        await store.append('a/list', 0, '{"a":1}\n');
        await store.append('a/list', 8, '{"b":22}\n');

        expect(await store.append('a/list', position, '{"c":3}\n')).toBe('stale');
        expect(await store.read('a/list')).toEqual({ text: '{"a":1}\n{"b":22}\n', position: 17 });
      });

      it('that is absent refuses an append beyond 0 and stays absent', async () => {
        expect(await store.append('a/list', 8, 'x\n')).toBe('stale');
        expect(await store.list('', { limit: 10 })).toEqual([]);
      });

      it('refuses an empty append', async () => {
        await expect(store.append('a/list', 0, '')).rejects.toMatchObject({ name: 'LedgerError', temporary: false });
        expect(await store.list('', { limit: 1 })).toEqual([]);
      });

      it('counts bytes and keeps every character', async () => {
        const text = 'Größe 漢字 🚚 "quoted" <&>\r\n\t\u0001\n';

        expect(await store.append('a/list', 0, text)).toBe(37);
        expect(await store.append('a/list', 37, '漢\n')).toBe(41);
        expect(await store.read('a/list')).toEqual({ text: `${text}漢\n`, position: 41 });
      });

      it('accepts exactly one of twenty simultaneous appends that create it', async () => {
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, i) => store.append('a/list', 0, `${i + 10}\n`)),
        );

        expect(results.filter((result) => result === 3)).toHaveLength(1);
        expect(results.filter((result) => result === 'stale')).toHaveLength(19);
        expect(await store.read('a/list')).toEqual({ text: `${results.indexOf(3) + 10}\n`, position: 3 });
      });

      it('accepts exactly one of twenty appends of different lengths at one position', async () => {
        await store.append('a/list', 0, 'first\n');

        const results = await Promise.all(
          Array.from({ length: 20 }, (_, i) => store.append('a/list', 6, `${'x'.repeat(i)}\n`)),
        );

        const winner = results.findIndex((result) => result !== 'stale');
        expect(results.filter((result) => result === 'stale')).toHaveLength(19);
        expect(results[winner]).toBe(7 + winner);
        expect(await store.read('a/list')).toEqual({ text: `first\n${'x'.repeat(winner)}\n`, position: 7 + winner });
      });

      it('that is absent has an empty tail at position 0', async () => {
        expect(await store.tail('a/list', 100)).toEqual({ text: '', position: 0, isWhole: true });
      });

      it.each([
        ['more than', 100],
        ['as many as', 12],
      ])('of 12 bytes is its own tail when %s these are asked for', async (_, bytes) => {
        await store.append('a/list', 0, 'first\n');
        await store.append('a/list', 6, '漢字');

        expect(await store.tail('a/list', bytes)).toEqual({ text: 'first\n漢字', position: 12, isWhole: true });
      });

      it('has a tail that ends where it ends, and says whether it begins where it begins', async () => {
        await store.append('a/list', 0, 'first\n');
        await store.append('a/list', 6, 'second\n');

        const { text, position, isWhole } = await store.tail('a/list', 9);

        expect([text, isWhole]).toEqual(isWhole ? ['first\nsecond\n', true] : ['t\nsecond\n', false]);
        expect(position).toBe(13);
        expect(await store.append('a/list', position, 'third\n')).toBe(19);
      });

      it('keeps 150 appends in their order', async () => {
        let position = 0;
        for (let i = 0; i < 150; i += 1) position = (await store.append('a/list', position, `${i}\n`)) as number;

        const { text } = await store.read('a/list');

        expect(text.split('\n').slice(0, -1).map(Number)).toEqual(Array.from({ length: 150 }, (_, i) => i));
        expect(position).toBe(490);
      });

      it('starts empty after it was removed', async () => {
        await store.append('a/list', 0, 'long ago\n');

        await store.remove('a/list');

        expect(await store.read('a/list')).toEqual({ text: '', position: 0 });
        expect(await store.append('a/list', 9, 'x\n')).toBe('stale');
        expect(await store.append('a/list', 0, 'new\n')).toBe(4);
        expect(await store.read('a/list')).toEqual({ text: 'new\n', position: 4 });
      });

      it('is separate from lists whose names have the same prefix', async () => {
        await store.append('lanes/dcs/a', 0, '1\n');
        await store.append('lanes/dcs/a/b', 0, '22\n');
        await store.append('lanes/dcs/a.b', 0, '333\n');

        expect(await store.read('lanes/dcs/a')).toEqual({ text: '1\n', position: 2 });
        expect(await store.read('lanes/dcs/a/b')).toEqual({ text: '22\n', position: 3 });
        expect(await store.read('lanes/dcs/a.b')).toEqual({ text: '333\n', position: 4 });
      });
    });

    describe('a string', () => {
      it('that is absent is undefined', async () => {
        expect(await store.get('pause/all')).toBeUndefined();
      });

      it('is what was put last', async () => {
        await store.put('pause/all', '{"by":"Jürgen"}');
        await store.put('pause/all', 'no\n');

        expect(await store.get('pause/all')).toBe('no\n');
      });

      it('may be empty', async () => {
        await store.put('open/4f1c', '');

        expect(await store.get('open/4f1c')).toBe('');
      });

      it('does not exist after it was removed, and may be removed again', async () => {
        await store.put('open/4f1c', 'x');

        await store.remove('open/4f1c');
        await store.remove('open/4f1c');

        expect(await store.get('open/4f1c')).toBeUndefined();
        expect(await store.list('open/', { limit: 10 })).toEqual([]);
      });

      it('cannot be appended to, and the error says what to do', async () => {
        await store.put('runs/a', 'text');

        await expect(store.append('runs/a', 4, 'more')).rejects.toMatchObject({
          name: 'LedgerError',
          code: 'ledger',
          temporary: false,
          message: expect.stringMatching(/runs\/a.*remove it/),
        });
        expect(await store.get('runs/a')).toBe('text');
      });
    });

    describe('names', () => {
      it('are listed in the order of their code units, both lists and strings', async () => {
        for (const [i, text] of ['a/b', 'ab', 'a.b', 'a-b', 'B', 'a', 'a/b/c', 'a_b', 'a0', '0'].entries()) {
          if (i % 2 === 0) await store.put(text, 'x');
          else await store.append(text, 0, 'x');
        }

        const listed = names(await store.list('', { limit: 1000 }));

        expect(listed).toEqual(['0', 'B', 'a', 'a-b', 'a.b', 'a/b', 'a/b/c', 'a0', 'a_b', 'ab']);
      });

      it('are listed only below the prefix', async () => {
        for (const text of ['a/1', 'a/2', 'ab/1', 'a', 'b/a/1']) await store.put(text, 'x');

        expect(names(await store.list('a/', { limit: 10 }))).toEqual(['a/1', 'a/2']);
        expect(names(await store.list('ab/', { limit: 10 }))).toEqual(['ab/1']);
        expect(names(await store.list('a', { limit: 10 }))).toEqual(['a', 'a/1', 'a/2', 'ab/1']);
        expect(names(await store.list('c/', { limit: 10 }))).toEqual([]);
      });

      it('are listed in pages that start after a name, whether it exists or not', async () => {
        for (const text of ['o/1', 'o/2', 'o/3', 'o/4', 'o/5', 'p/1']) await store.put(text, 'x');

        expect(names(await store.list('o/', { limit: 2 }))).toEqual(['o/1', 'o/2']);
        expect(names(await store.list('o/', { after: 'o/2', limit: 2 }))).toEqual(['o/3', 'o/4']);
        expect(names(await store.list('o/', { after: 'o/4', limit: 2 }))).toEqual(['o/5']);
        expect(names(await store.list('o/', { after: 'o/5', limit: 2 }))).toEqual([]);
        await store.remove('o/3');
        expect(names(await store.list('o/', { after: 'o/3', limit: 1 }))).toEqual(['o/4']);
        expect(names(await store.list('o/', { limit: 4 }))).toEqual(['o/1', 'o/2', 'o/4', 'o/5']);
      });

      it('may contain dots, dashes, underscores and capitals', async () => {
        await store.put('lanes/dcs/eu-west-101.d2c8399f-bdba_X', 'x');

        expect(await store.get('lanes/dcs/eu-west-101.d2c8399f-bdba_X')).toBe('x');
        expect(names(await store.list('lanes/', { limit: 1 }))).toEqual(['lanes/dcs/eu-west-101.d2c8399f-bdba_X']);
      });

      it('are listed with the time of the last write', async () => {
        await store.append('runs/a', 0, '1\n');
        await store.put('runs/b', 'x');
        const [listBefore, textBefore] = await store.list('runs/', { limit: 2 });
        await store.append('runs/a', 2, '2\n');
        await store.put('runs/b', 'y');
        const [listAfter, textAfter] = await store.list('runs/', { limit: 2 });

        expect(Number.isInteger(listBefore?.at)).toBe(true);
        expect(listAfter?.at).toBeGreaterThanOrEqual(listBefore?.at ?? Number.NaN);
        expect(textAfter?.at).toBeGreaterThanOrEqual(textBefore?.at ?? Number.NaN);
      });

      it.each(['', '/a', 'a/', 'a//b', '../a', 'a/./b', 'a/..', 'a b', 'a~b', 'ä', 'a\\b', 'a\nb'])(
        'like %j are refused',
        async (bad) => {
          const refused = {
            name: 'LedgerError',
            temporary: false,
            message: expect.stringMatching('is not a valid name'),
          };

          await expect(store.append(bad, 0, 'x')).rejects.toMatchObject(refused);
          await expect(store.read(bad)).rejects.toMatchObject(refused);
          await expect(store.put(bad, 'x')).rejects.toMatchObject(refused);
          await expect(store.get(bad)).rejects.toMatchObject(refused);
          await expect(store.remove(bad)).rejects.toMatchObject(refused);
        },
      );
    });
  });
}
