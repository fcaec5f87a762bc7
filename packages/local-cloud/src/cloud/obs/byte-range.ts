import { obsErrors } from './obs-error.ts';

/** Both inclusive; `end` is smaller than `start` for no bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export function wholeRange({ size }: { readonly size: number }): ByteRange {
  return { start: 0, end: size - 1 };
}

/** @throws {ObsError} 416; a header that is not a single byte range is ignored (RFC 9110) */
export function readRange(header: string | undefined, size: number): ByteRange | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  const [, from = '', to = ''] = parts ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(size - Number(to), 0) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < start) return undefined;
  if (start >= size || (from === '' && Number(to) === 0)) throw obsErrors.invalidRange();
  return { start, end };
}
