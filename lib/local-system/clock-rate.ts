import { MAX_RATE } from '../../packages/local-cloud/src/cloud/clock.ts';

/** @param text from the command line @throws {Error} when it is not a rate */
export function readRate(text: string): number {
  const rate = /^\d{1,3}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate >= 1 && rate <= MAX_RATE)) throw new Error(`--clock ${text}: must be a number from 1 to ${MAX_RATE}`);
  return rate;
}
