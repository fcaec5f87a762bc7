import type { CallCode } from '../../kernel/codes.ts';

/** 100 pages of 100 rows. A filtered list that is longer cannot be the tasks of one run. */
const MAX_PAGES = 100;
const MAX_WALKS = 3;

/** A list that can't be read to its end. It proves nothing about its contents. */
export class ListError extends Error {
  readonly code: CallCode;

  constructor(code: CallCode, message: string) {
    super(message);
    this.name = 'ListError';
    this.code = code;
  }
}

export interface ListOptions {
  /** One walk is enough: a missed row is harmless because the caller checks again before acting on it. @default false */
  readonly once?: boolean;
}

/**
 * Reads a list by offset until a page is empty, as Terraform does with these services; a short page does not mean the end.
 *
 * The list may change while it is read: when a row is removed, later rows move up and one of them can be skipped between two pages. So a list of
 * more than one page is walked again until two consecutive walks find the same rows.
 *
 * @returns each row once, by ID; empty when there are none
 * @throws {ListError} `list_endless` after 100 pages, `list_repeats` when two pages have nothing new (the service ignores the offset),
 *   `list_changes` when no two consecutive walks of three were the same; a retry may help only with the last
 */
export async function listAll<Row extends { readonly id: string }>(
  page: (offset: number) => Promise<Row[]>,
  { once = false }: ListOptions = {},
): Promise<Row[]> {
  let before: Walk<Row> | undefined;
  for (let walks = 0; walks < MAX_WALKS; walks++) {
    const walk = await walkOnce(page);
    if (once || walk.pages <= 1 || (before && sameIds(before.rows, walk.rows))) return [...walk.rows.values()];
    before = walk;
  }
  throw new ListError('list_changes', `the list was different each time it was read (${MAX_WALKS} times)`);
}

interface Walk<Row> {
  readonly rows: Map<string, Row>;
  /** Number of pages with rows. */
  readonly pages: number;
}

async function walkOnce<Row extends { readonly id: string }>(
  page: (offset: number) => Promise<Row[]>,
): Promise<Walk<Row>> {
  const rows = new Map<string, Row>();
  let offset = 0;
  let stale = 0;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const received = await page(offset);
    if (received.length === 0) return { rows, pages };
    const known = rows.size;
    for (const row of received) rows.set(row.id, row);
    // Once proves nothing: a new row at the front pushes the last row onto another page.
    stale = rows.size === known ? stale + 1 : 0;
    if (stale === 2) throw new ListError('list_repeats', `the page at offset ${offset} has only rows of earlier pages`);
    offset += received.length;
  }
  throw new ListError('list_endless', `the list has more than ${MAX_PAGES} pages`);
}

function sameIds(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): boolean {
  return a.size === b.size && [...a.keys()].every((id) => b.has(id));
}
