import type { FieldTable } from '../../schema/fields.ts';

/** A DCS instance that has a name in the jobs file. */
export const TARGET = {
  id: {
    type: 'string',
    required: true,
    min: 1,
    sample: 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5',
    doc: 'Id of the DCS instance.',
  },
  password: {
    type: 'secret',
    sample: { user_data: 'STAGING_CACHE_PASSWORD' },
    doc: 'Password of its default account, as { user_data: NAME }, the name of an encrypted variable of the function, or { csms: NAME }, a secret in DEW; never the password itself.',
  },
} as const satisfies FieldTable;
