import { z } from 'zod';

/** A whole number in a query. */
export const wholeNumber = (least: number, most: number, absent: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be an integer from ${least} to ${most}`)
    .default(absent);

/** `20170718235959`, in UTC, as epoch ms. */
export const compactTime = z
  .string()
  .regex(/^\d{14}$/, 'must have the format yyyyMMddHHmmss')
  .transform((value) => Date.parse(value.replace(/^(....)(..)(..)(..)(..)(..)$/, '$1-$2-$3T$4:$5:$6Z')))
  .refine((value) => !Number.isNaN(value), 'is not a valid date');
