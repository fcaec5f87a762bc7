import { z } from 'zod';

/** Maximum number of functions or versions on a page. */
const MAX_ITEMS = 400;

/** Query of ListFunctions and of ListFunctionVersions. */
export const listQuery = z.strictObject({
  marker: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
  maxitems: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .refine((value) => Number(value) <= MAX_ITEMS, `must be at most ${MAX_ITEMS}`)
    .optional(),
  package_name: z.string().optional(),
  func_name: z.string().optional(),
});

/** A page and the start of the next one; on the last page this is the total number, as in the service's response. */
export function page<T>(
  items: readonly T[],
  query: Pick<z.output<typeof listQuery>, 'marker' | 'maxitems'>,
): { items: T[]; next: number } {
  const start = Number(query.marker ?? 0);
  const end = Math.min(items.length, start + Number(query.maxitems ?? MAX_ITEMS));
  return { items: items.slice(start, end), next: end };
}
