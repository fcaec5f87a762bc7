import { z } from 'zod';

/** So many functions or versions at most on one page. */
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

/** A page, and where the next one begins: the number of all if there is none, as the service answers it. */
export function page<T>(items: readonly T[], query: z.output<typeof listQuery>): { items: T[]; next: number } {
  const start = Number(query.marker ?? 0);
  const end = Math.min(items.length, start + Number(query.maxitems ?? MAX_ITEMS));
  return { items: items.slice(start, end), next: end };
}
