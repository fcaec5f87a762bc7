import { createHmac, timingSafeEqual } from 'node:crypto';

/** Maximum difference between a message's timestamp and this clock (Standard Webhooks, "Verifying webhook authenticity"; its libraries: 5 minutes). */
const TOLERANCE_SECONDS = 5 * 60;
/** Enough for every secret of a rotation on the sender's side. */
const MAX_SIGNATURES = 16;
const SIGNATURE_BYTES = 32;
/** No dot: it separates the parts of the signed content, so an ID with a dot would be ambiguous. */
const MESSAGE_ID = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;
/** The specification's limits for a secret. */
const SECRET_BYTES = { min: 24, max: 64 };

/** The parts of a message that are signed, and its signatures. */
export interface SignedMessage {
  readonly id: string;
  readonly timestamp: string;
  readonly payload: Buffer;
  readonly signatures: readonly Buffer[];
}

/**
 * Reads the three headers of a message. Signatures are separated by spaces; those of a version other than `v1` are ignored.
 *
 * @returns the reason as a string, for the log, when a header is missing or malformed, the timestamp is more than five minutes off, or there is
 * no usable signature
 */
export function readSignedMessage(
  headers: ReadonlyMap<string, string>,
  payload: Buffer,
  nowMs: number,
): SignedMessage | string {
  const id = headers.get('webhook-id') ?? '';
  const timestamp = headers.get('webhook-timestamp') ?? '';
  const listed = (headers.get('webhook-signature') ?? '').split(' ').filter((part) => part !== '');
  if (!MESSAGE_ID.test(id)) return 'webhook-id is missing or malformed';
  if (!/^[1-9][0-9]{0,11}$/.test(timestamp)) return 'webhook-timestamp is missing or not a time in seconds';
  if (listed.length > MAX_SIGNATURES) return `webhook-signature has more than ${MAX_SIGNATURES} signatures`;
  const late = Math.floor(nowMs / 1000) - Number(timestamp);
  if (Math.abs(late) > TOLERANCE_SECONDS) {
    return `webhook-timestamp is ${Math.abs(late)} s ${late > 0 ? 'old' : 'ahead'}; the tolerance is ${TOLERANCE_SECONDS} s`;
  }
  const signatures = listed.flatMap((part) => {
    const [, base64] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(part) ?? [];
    return base64 === undefined ? [] : [Buffer.from(base64, 'base64')];
  });
  if (signatures.length === 0) return 'webhook-signature is missing or has no v1 signature in base64';
  return { id, timestamp, payload, signatures };
}

/** The key in a secret (base64, optionally prefixed with `whsec_`). @returns `undefined` when it is malformed or not 24 to 64 bytes long */
export function signingKey(secret: string): Buffer | undefined {
  const base64 = secret.replace(/^whsec_/, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
  const key = Buffer.from(base64, 'base64');
  return key.length >= SECRET_BYTES.min && key.length <= SECRET_BYTES.max ? key : undefined;
}

/** Whether one of the signatures was made with this key. Takes the same time either way. */
export function isSignedBy({ id, timestamp, payload, signatures }: SignedMessage, key: Buffer): boolean {
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(payload).digest();
  let found = false;
  for (const signature of signatures) {
    if (signature.length === SIGNATURE_BYTES && timingSafeEqual(signature, expected)) found = true;
  }
  return found;
}
