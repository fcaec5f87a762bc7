import { checkAppend, checkName } from '../../lib/ports/ledger-name.ts';
import type { LedgerStore } from '../../lib/ports/ledger-store.ts';
import { notAppendable } from '../../lib/runs/ledger/not-appendable.ts';
import { SortedNames } from './sorted-names.ts';

interface Kept {
  readonly text: string;
  readonly appendable: boolean;
  readonly at: number;
  /** Bytes of UTF-8. */
  readonly size: number;
}

/** A ledger in memory. Positions count bytes of UTF-8, as in the other stores. */
export function makeMemoryStore(now: () => number = Date.now): LedgerStore {
  const kept = new Map<string, Kept>();
  const names = new SortedNames();
  const keep = (name: string, text: string, appendable: boolean, size: number) => {
    if (!kept.has(name)) names.add(name);
    kept.set(name, { text, appendable, at: now(), size });
  };

  return {
    async read(list) {
      const { text = '', size = 0 } = kept.get(checkName(list)) ?? {};
      return { text, position: size };
    },

    async tail(list, bytes) {
      const text = Buffer.from(kept.get(checkName(list))?.text ?? '');
      const end = text.subarray(Math.max(0, text.length - bytes));
      return { text: end.toString(), position: text.length, isWhole: end.length === text.length };
    },

    async append(list, position, text) {
      const before = kept.get(checkAppend(list, text));
      if (before?.appendable === false) throw notAppendable(list);
      if (position !== (before?.size ?? 0) || (position === 0 && before)) return 'stale';
      const next = position + Buffer.byteLength(text);
      keep(list, `${before?.text ?? ''}${text}`, true, next);
      return next;
    },

    async put(name, text) {
      keep(checkName(name), text, false, Buffer.byteLength(text));
    },

    async get(name) {
      return kept.get(checkName(name))?.text;
    },

    async remove(name) {
      if (kept.delete(checkName(name))) names.delete(name);
    },

    async list(prefix, { after = '', limit }) {
      return names.page(prefix, after, limit).map((name) => ({ name, at: kept.get(name)?.at ?? 0 }));
    },
  };
}
