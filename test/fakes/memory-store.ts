import { checkAppend, checkName } from '../../lib/ports/ledger-name.ts';
import type { LedgerStore } from '../../lib/ports/ledger-store.ts';
import { notAppendable } from '../../lib/runs/ledger/not-appendable.ts';

interface Kept {
  readonly text: string;
  readonly appendable: boolean;
  readonly at: number;
}

/** A ledger in memory. Positions count bytes of UTF-8, as in the other stores. */
export function makeMemoryStore(now: () => number = Date.now): LedgerStore {
  const kept = new Map<string, Kept>();

  return {
    async read(list) {
      const text = kept.get(checkName(list))?.text ?? '';
      return { text, position: Buffer.byteLength(text) };
    },

    async append(list, position, text) {
      const before = kept.get(checkAppend(list, text));
      if (before?.appendable === false) throw notAppendable(list);
      if (position !== Buffer.byteLength(before?.text ?? '') || (position === 0 && before)) return 'stale';
      kept.set(list, { text: `${before?.text ?? ''}${text}`, appendable: true, at: now() });
      return position + Buffer.byteLength(text);
    },

    async put(name, text) {
      kept.set(checkName(name), { text, appendable: false, at: now() });
    },

    async get(name) {
      return kept.get(checkName(name))?.text;
    },

    async remove(name) {
      kept.delete(checkName(name));
    },

    async list(prefix, { after = '', limit }) {
      return [...kept]
        .filter(([name]) => name.startsWith(prefix) && name > after)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([name, { at }]) => ({ name, at }));
    },
  };
}
