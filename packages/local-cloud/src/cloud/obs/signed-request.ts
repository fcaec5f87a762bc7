import type { Account } from '../operation.ts';

/** A request whose signature is right. */
export interface SignedRequest {
  readonly account: Account;
  /** Reads the body as the operation sees it. Iterating throws an `ObsError` if the body is not the one that was signed. */
  readonly readBody: (body: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
}
