import { z } from 'zod';

/** Of a secret (CreateSecret, 2025-08-28). */
const SECRET_NAME = /^[a-zA-Z0-9._-]{1,64}$/;
/** "32K" on the API pages; the limits of the user manual are higher. */
const MAX_VALUE_BYTES = 32_768;
const MAX_STAGES = 12;

const text = z.string();
const value = text.min(1).refine((given) => Buffer.byteLength(given) <= MAX_VALUE_BYTES, 'must have at most 32 KB');
const base64 = value.regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'must be Base64');

/** Exactly one of the two. */
const hasOneValue = (body: { secret_binary?: unknown; secret_string?: unknown }) =>
  (body.secret_binary === undefined) !== (body.secret_string === undefined);
const ONE_VALUE = 'exactly one of secret_binary and secret_string must be set';

/** Body of CreateSecret. Rotation is for the secrets of databases, which this cloud does not have. */
export const createSecretBody = z
  .strictObject({
    name: text.regex(SECRET_NAME, 'must be 1 to 64 of a-z A-Z 0-9 . _ -'),
    kms_key_id: text.min(1).max(64).optional(),
    description: text.max(2048).optional(),
    secret_binary: base64.optional(),
    secret_string: value.optional(),
    secret_type: z.literal('COMMON').optional(),
    auto_rotation: z.literal(false).optional(),
    event_subscriptions: z.array(text).max(1).optional(),
    enterprise_project_id: text.max(36).optional(),
  })
  .refine(hasOneValue, ONE_VALUE);

/** Body of CreateSecretVersion. */
export const createVersionBody = z
  .strictObject({
    secret_binary: base64.optional(),
    secret_string: value.optional(),
    version_stages: z.array(text.min(1).max(64)).min(1).max(MAX_STAGES).optional(),
    expire_time: z.int().min(0).max(9_999_999_999_999).optional(),
  })
  .refine(hasOneValue, ONE_VALUE);

/** Query of ListSecrets and ListSecretVersions. */
export const pageQuery = z.strictObject({
  limit: text.regex(/^([1-9]\d{0,3})$/).optional(),
  marker: text.min(1).max(64).optional(),
  event_name: text.max(64).optional(),
});
