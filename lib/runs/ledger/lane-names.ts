import { type Ledger, segment } from './ledger.ts';

export const FIRST_SEGMENT = 1;
const SEGMENTS_PAGE = 1_000;
const PREFIX = 'lanes/target/';

export function lanePrefix(target: string): string {
  return `${PREFIX}${segment(target)}/`;
}

/** The lane that a list belongs to; `undefined` when it does not belong to a lane. */
export function laneOfList(list: string): string | undefined {
  return list.startsWith(PREFIX) ? list.slice(PREFIX.length).split('/')[0] : undefined;
}

/** Lists are never removed, because a slow writer must find its list unchanged. So there may be more than one page of them. */
export async function lastSegment({ store }: Ledger, prefix: string): Promise<number> {
  let last = '';
  for (;;) {
    const page = await store.list(prefix, { after: last, limit: SEGMENTS_PAGE });
    last = page.at(-1)?.name ?? last;
    if (page.length < SEGMENTS_PAGE) return last === '' ? FIRST_SEGMENT : Number(last.slice(prefix.length));
  }
}

export function segmentName(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(6, '0')}`;
}
