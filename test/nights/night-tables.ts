import { lexer, type Tokens } from 'marked';
import type { Seen } from './night.ts';

/** Time, where, what, how often: as in a table of the page. */
type Row = readonly string[];

/** Equal messages that are no further apart than this are one row. */
const APART_MS = 15 * 60_000;

/** What was seen, as rows of a table: the time is that of the first message. In one minute the order is that of the places. */
export function rowsOf(seen: readonly Seen[]): Row[] {
  const rows: { from: string; to: number; where: string; what: string; count: number }[] = [];
  const ordered = [...seen].sort((a, b) => minuteOf(a) - minuteOf(b) || (a.where < b.where ? -1 : 1));
  for (const { at, where, what } of ordered) {
    const row = rows.findLast((one) => one.where === where && one.what === what);
    if (row && at - row.to <= APART_MS) Object.assign(row, { to: at, count: row.count + 1 });
    else rows.push({ from: timeText(at), to: at, where, what, count: 1 });
  }
  return rows.map(({ from, where, what, count }) => [from, where, what, String(count)]);
}

function minuteOf({ at }: Seen): number {
  return Math.floor(at / 60_000);
}

function timeText(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

/** The tables below a heading of a page, by the headings above each. */
export function tablesBelow(page: string, heading: string): Map<string, Row[]> {
  const tables = new Map<string, Row[]>();
  let isBelow = false;
  let name = '';
  for (const token of lexer(page)) {
    if (token.type === 'heading' && token.depth <= 2) isBelow = token['text'] === heading;
    else if (token.type === 'heading') name = token['text'];
    else if (token.type === 'table' && isBelow)
      tables.set(
        name,
        (token as Tokens.Table).rows.map((row) => row.map(({ text }) => text.replaceAll('`', ''))),
      );
  }
  return tables;
}
