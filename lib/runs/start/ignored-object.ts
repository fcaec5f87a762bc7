import { probeOf } from '../../events/probe-key.ts';
import type { Jobs } from '../../jobs/job.ts';

/** The ledger's own objects start nothing. */
export function isLedgerObject(
  { ledger }: Jobs,
  { bucket, key, written = key }: { readonly bucket: string; readonly key: string; readonly written?: string },
): boolean {
  if (ledger === undefined || bucket !== ledger.obs.bucket) return false;
  return [key, written].some((candidate) => candidate.startsWith(ledger.obs.prefix));
}

/** What a probe writes into a watched bucket to see its event starts nothing. */
export function isProbeObject({ key, written = key }: { readonly key: string; readonly written?: string }): boolean {
  return [key, written].some((candidate) => probeOf(candidate) !== undefined);
}

/** An empty object that represents a folder starts nothing. */
export function isFolder({ key, size }: { readonly key: string; readonly size?: number }): boolean {
  return key.endsWith('/') && !size;
}
