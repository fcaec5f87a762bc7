import type { ProbeResponse } from '../../cloud/programs/probe-calls.ts';
import { needs, type ProbeWorld, Unanswered } from './probe-world.ts';
import { directionOf, type Row, rowsOf } from './task-rows.ts';

/** A list that is read by offset. */
export interface OffsetList {
  /** Plural, for people. */
  readonly what: string;
  readonly rowsField: string;
  readonly idField: string;
  /** When a row was created. */
  readonly timeField: string;
  /** The documented maximum of a page. */
  readonly maxRows: number;
  page(world: ProbeWorld, offset: number, limit: number): Promise<ProbeResponse>;
}

/** The behaviour "short" is a page of at most three rows, so more are needed to tell. */
const MIN_ROWS = 4;
const READS = 3;

export async function pageSize(world: ProbeWorld, list: OffsetList) {
  const { what, rowsField, idField, maxRows } = list;
  const first = rowsOf(await list.page(world, 0, maxRows), rowsField);
  if (first.length === 0) return needs(`${MIN_ROWS} ${what} or more: there are none`);
  const after = rowsOf(await list.page(world, first.length, maxRows), rowsField);
  const known = new Set(first.map((row) => row[idField]));
  if (after.length > 0 && after.every((row) => known.has(row[idField]))) return { other: 'the offset is ignored' };
  const evidence = `a page of up to ${maxRows} ${what} had ${first.length}, and the next one ${after.length}`;
  if (after.length > 0 && first.length < maxRows) return { behavior: 'short', evidence } as const;
  if (first.length >= MIN_ROWS) return { behavior: 'full', evidence } as const;
  return needs(`${MIN_ROWS} ${what} or more: there are ${first.length}`);
}

/** In which order the first page is, read several times. `changing`: in different ones. */
export async function listOrder(world: ProbeWorld, list: OffsetList) {
  const { what, rowsField, timeField, idField, maxRows } = list;
  const reads: (readonly Row[])[] = [];
  for (let i = 0; i < READS; i++) reads.push(rowsOf(await list.page(world, 0, maxRows), rowsField));
  const [first = []] = reads;
  if (first.length < 2) return needs(`2 ${what} or more: there are ${first.length}`);
  const orders = new Set(
    reads.map((rows) => directionOf(rows.map((row) => String(row[timeField]).replace(/\D/g, '')))),
  );
  const sequences = new Set(reads.map((rows) => rows.map((row) => String(row[idField])).join(' ')));
  const evidence = `${READS} reads of ${first.length} ${what}, by ${timeField}`;
  const isSame = (rows: readonly Row[]) => sameIds(rows, first, idField);
  if (sequences.size > 1 && (orders.size > 1 || reads.every(isSame)))
    return { behavior: 'changing', evidence } as const;
  const [order] = orders;
  if (order === 'falling') return { behavior: 'newest-first', evidence } as const;
  if (order === 'rising') return { behavior: 'oldest-first', evidence } as const;
  if (new Set(first.map((row) => row[timeField])).size < 2) throw new Unanswered(`needs ${what} of different times`);
  return { other: `${evidence}: neither rising nor falling` };
}

function sameIds(a: readonly Row[], b: readonly Row[], idField: string): boolean {
  const ids = new Set(a.map((row) => row[idField]));
  return a.length === b.length && b.every((row) => ids.has(row[idField]));
}
