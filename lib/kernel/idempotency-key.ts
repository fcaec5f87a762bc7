/** A valid idempotency key: printable ASCII, so that it is safe in a log line. */
export const IDEMPOTENCY_KEY = /^[!-~]{1,255}$/;
