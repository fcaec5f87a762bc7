import { z } from 'zod';

const text = z.string().min(1);
const named = z
  .strictObject({ id: text.optional(), name: text.optional() })
  .refine(({ id, name }) => id !== undefined || name !== undefined, 'must have id or name');

const scope = z.strictObject({
  domain: named.optional(),
  project: z.strictObject({ id: text.optional(), name: text.optional(), domain: named.optional() }).optional(),
});

const durationSeconds = z.int().min(900).max(86_400);
const assumedAgency = {
  agency_name: text.optional(),
  /** The name of the field in older pages. */
  xrole_name: text.optional(),
  domain_id: text.optional(),
  domain_name: text.optional(),
};
const hasAgency = ({
  agency_name,
  xrole_name,
}: {
  agency_name?: string | undefined;
  xrole_name?: string | undefined;
}) => agency_name !== undefined || xrole_name !== undefined;
const hasDomain = ({ domain_id, domain_name }: { domain_id?: string | undefined; domain_name?: string | undefined }) =>
  domain_id !== undefined || domain_name !== undefined;
const withAgency = <S extends z.ZodType<{ agency_name?: string | undefined; domain_id?: string | undefined }>>(
  schema: S,
) => schema.refine(hasAgency, 'must have agency_name').refine(hasDomain, 'must have domain_id or domain_name');

/**
 * Body of the operations that obtain a token: by password (iam_30_0001), with a virtual MFA device (iam_30_0001_1), of an agency (iam_30_0002), by a
 * token (iam_13_0604), and by an access key, which services' guides describe as `hw_ak_sk`.
 */
export const tokenBody = z.strictObject({
  auth: z.strictObject({
    identity: z.strictObject({
      methods: z.array(z.enum(['password', 'totp', 'token', 'assume_role', 'hw_ak_sk'])).min(1),
      password: z
        .strictObject({
          user: z
            .strictObject({
              id: text.optional(),
              name: text.optional(),
              password: z.string(),
              domain: named.optional(),
            })
            .refine(
              ({ id, name, domain }) => id !== undefined || (name !== undefined && domain !== undefined),
              'must have id, or name and domain',
            ),
        })
        .optional(),
      totp: z.strictObject({ user: z.strictObject({ id: text, passcode: text }) }).optional(),
      token: z.strictObject({ id: text }).optional(),
      assume_role: withAgency(z.strictObject(assumedAgency)).optional(),
      hw_ak_sk: z
        .strictObject({
          access: z.strictObject({ key: text }),
          secret: z.strictObject({ key: text }),
          security_token: text.optional(),
        })
        .optional(),
    }),
    scope: scope.optional(),
  }),
});
export type TokenBody = z.output<typeof tokenBody>;
export type Scope = z.output<typeof scope>;

/** It limits what the keys may do. Accepted and not enforced: the local cloud has no permissions. */
const policy = z.strictObject({
  Version: z.literal('1.1'),
  Statement: z
    .array(
      z.strictObject({
        Action: z.array(text).min(1),
        Effect: z.enum(['Allow', 'Deny']),
        Condition: z.record(text, z.record(text, z.array(text))).optional(),
        Resource: z.array(text).optional(),
      }),
    )
    .min(1)
    .max(8),
});

/** Body of the operations that obtain temporary keys, by a token (iam_04_0002) or of an agency (iam_04_0101). */
export const securityTokenBody = z.strictObject({
  auth: z.strictObject({
    identity: z.strictObject({
      methods: z.tuple([z.enum(['token', 'assume_role'])]),
      token: z.strictObject({ id: text.optional(), duration_seconds: durationSeconds.optional() }).optional(),
      assume_role: withAgency(
        z.strictObject({
          ...assumedAgency,
          duration_seconds: durationSeconds.optional(),
          session_user: z
            .strictObject({
              name: z
                .string()
                .regex(/^[A-Za-z0-9_ .-]{5,64}$/)
                .optional(),
            })
            .optional(),
        }),
      ).optional(),
      policy: policy.optional(),
    }),
  }),
});
export type SecurityTokenBody = z.output<typeof securityTokenBody>;
