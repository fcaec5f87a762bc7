import { z } from 'zod';

/** Query of lists with `marker` and `limit`; negative and other texts are refused. */
export const markerQuery = {
  marker: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
  limit: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
};

interface MarkerQuery {
  readonly marker?: string | undefined;
  readonly limit?: string | undefined;
}

/** A page of a list with `page_info`. A limit of 0 selects the default, one above the maximum the maximum. */
export function pageWithInfo<T>(
  items: readonly T[],
  { marker = '0', limit = '0' }: MarkerQuery,
  limits: { readonly default: number; readonly max: number },
) {
  const start = Number(marker);
  const size = Math.min(Number(limit) || limits.default, limits.max);
  const rows = items.slice(start, start + size);
  const info = {
    next_marker: Math.min(items.length, start + rows.length),
    previous_marker: Math.max(0, start - size),
    current_count: rows.length,
  };
  return { rows, info };
}
