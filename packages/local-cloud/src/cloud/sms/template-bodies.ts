import { z } from 'zod';

/** Limits: API pages of the template operations, 2026-01. All fields except the name are optional there. */
const text = (most: number) => z.string().max(most);
const short = text(255);
const volumeType = z.enum(['SAS', 'SSD', 'SATA', 'GPSSD', 'ESSD']);

const fields = z.strictObject({
  name: text(64).min(1),
  is_template: z.boolean().optional(),
  region: short.optional(),
  projectid: short.optional(),
  target_server_name: short.optional(),
  availability_zone: short.optional(),
  volumetype: volumeType.optional(),
  flavor: short.optional(),
  vpc: z.strictObject({ id: short, name: short.optional(), cidr: short.optional() }).optional(),
  nics: z
    .array(z.strictObject({ id: short, name: short.optional(), cidr: short.optional(), ip: short.optional() }))
    .optional(),
  security_groups: z.array(z.strictObject({ id: short, name: short.optional() })).optional(),
  publicip: z
    .strictObject({
      type: short.optional(),
      bandwidth_size: z.int().min(1).max(2000),
      bandwidth_share_type: short.optional(),
    })
    .optional(),
  disk: z
    .array(
      z.strictObject({
        id: z.int().optional(),
        index: z.int().min(0),
        name: short,
        disktype: short,
        /** GB. */
        size: z.int().min(0),
        device_use: short.optional(),
      }),
    )
    .optional(),
  data_volume_type: volumeType.optional(),
  target_password: text(1024).optional(),
  image_id: short.optional(),
});

/** Body of CreateTemplate and of UpdateTemplate. */
export const templateBody = z.strictObject({ template: fields });
/** Body of DeleteTemplates. */
export const deleteTemplatesBody = z.strictObject({ ids: z.array(short).min(1) });

export type TemplateFields = z.output<typeof fields>;

const count = (most: number, absent: number) =>
  z
    .string()
    .regex(/^\d+$/)
    .transform(Number)
    .refine((value) => value <= most, `must be an integer from 0 to ${most}`)
    .default(absent);

/** Query of ListTemplates. */
export const listTemplatesQuery = z.strictObject({
  name: short.optional(),
  availability_zone: short.optional(),
  region: short.optional(),
  id: short.optional(),
  limit: count(200, 50).transform((value) => (value === 0 ? 50 : value)),
  offset: count(65535, 0),
});
