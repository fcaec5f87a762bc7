/** What a caller may name a request with: printable ASCII, so that it can stand in a log line. */
export const IDEMPOTENCY_KEY = /^[!-~]{1,255}$/;
