import { readOnlyStore } from '../../../../lib/console/ledger/read-only-store.ts';
import { LedgerError } from '../../../../lib/ports/ledger-error.ts';
import { makeMemoryStore } from '../../../fakes/memory-store.ts';

describe('readOnlyStore', () => {
  it('reads what is there, and refuses every method that writes', async () => {
    const kept = makeMemoryStore();
    await kept.append('runs/a/b', 0, 'x\n');
    await kept.put('open/a/b', 'y');
    const store = readOnlyStore(kept);

    await expect(store.append('runs/a/b', 2, 'z\n')).rejects.toThrow(LedgerError);
    await expect(store.put('open/a/b', 'z')).rejects.toThrow('this console only reads');
    await expect(store.remove('open/a/b')).rejects.toThrow(LedgerError);
    expect(await store.read('runs/a/b')).toEqual({ text: 'x\n', position: 2 });
    expect(await store.tail('runs/a/b', 2)).toMatchObject({ text: 'x\n' });
    expect(await store.get('open/a/b')).toBe('y');
    expect(await store.list('', { limit: 5 })).toMatchObject([{ name: 'open/a/b' }, { name: 'runs/a/b' }]);
  });
});
