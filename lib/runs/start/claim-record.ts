import { leaseEnd } from '../ledger/lease.ts';
import type { NewRunRecord } from '../ledger/run-record.ts';
import type { RecordedDeps } from '../run-deps.ts';

/** Claims a run for this invocation, for as long as it may live. */
export function claimRecord({
  ledger,
  remainingMs,
  leaseMs = remainingMs,
}: RecordedDeps): Extract<NewRunRecord, { readonly type: 'claimed' }> {
  return { type: 'claimed', until: leaseEnd(ledger.now(), leaseMs()) };
}
