/** Replaces the SDK's own transport, which depends on axios, proxies and MIME tables; calls go through `SafeHttpClient` (lib/cloud). */
export class DefaultHttpClient {
  /** @throws {Error} always */
  constructor() {
    throw new Error("the SDK's DefaultHttpClient is not in this bundle; calls go through SafeHttpClient");
  }
}
