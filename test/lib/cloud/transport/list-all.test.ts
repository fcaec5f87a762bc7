import fc from 'fast-check';
import { listAll } from '../../../../lib/cloud/transport/list-all.ts';

const rows = (...ids: (number | string)[]) => ids.map((id) => ({ id: String(id) }));
const ids = (found: { id: string }[]) => found.map(({ id }) => id).join(' ');

describe('listAll', () => {
  it('finds every row of a stable list, whatever its page size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 20 }), async (count, size) => {
        const all = rows(...Array(count).keys());
        expect(await listAll(async (offset) => all.slice(offset, offset + size))).toEqual(all);
      }),
    );
  });

  it('reads an empty list once', async () => {
    let calls = 0;

    await listAll(async () => {
      calls += 1;
      return [];
    });

    expect(calls).toBe(1);
  });

  it('does not miss a row that moves up during the listing', async () => {
    const list = rows(1, 2, 3, 4);
    let calls = 0;

    const found = await listAll(async (offset) => {
      calls += 1;
      if (calls === 2) list.shift();
      return list.slice(offset, offset + 2);
    });

    expect(ids(found)).toBe('2 3 4');
  });

  it('returns a row once when a new one pushes it onto the next page', async () => {
    const list = rows(1, 2);
    let calls = 0;

    const found = await listAll(async (offset) => {
      calls += 1;
      if (calls === 2) list.unshift({ id: 'new' });
      return list.slice(offset, offset + 2);
    });

    expect(ids(found)).toBe('new 1 2');
  });

  it('fails when the list is different each time', async () => {
    let calls = 0;
    const page = async (offset: number) => {
      calls += 1;
      return offset < 2 ? rows(`row-${calls}`) : [];
    };

    await expect(listAll(page)).rejects.toMatchObject({ code: 'list_changes' });
  });

  it('fails when the service ignores the offset', async () => {
    await expect(listAll(async () => rows(1, 2))).rejects.toMatchObject({ code: 'list_repeats' });
  });

  it('reads at most 100 pages with rows', async () => {
    const listOf = (pages: number) => async (offset: number) => (offset < pages ? rows(offset) : []);

    await expect(listAll(listOf(99))).resolves.toHaveLength(99);
    await expect(listAll(listOf(1_000))).rejects.toMatchObject({ code: 'list_endless' });
  });
});
