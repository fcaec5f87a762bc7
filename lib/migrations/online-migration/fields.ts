import type { FieldTable } from '../../schema/fields.ts';
import { CONFIGURE } from './configure-fields.ts';

/**
 * Body of DCS CreateOnlineMigrationTask: every parameter of the API pages (English, 2024-11-06; Chinese, 2023-12-13). Neither limits
 * a string in the request. The three ids place the migration's own ECS in a VPC; they do not describe the instances.
 */
export const ONLINE_MIGRATION_FIELDS: FieldTable = {
  name: {
    type: 'string',
    required: true,
    absent: "the job's name",
    doc: "Name of the task; the run's id is appended. Default: {absent}.",
  },
  description: { type: 'string', doc: 'Description of the task.' },
  vpc_id: {
    type: 'string',
    required: true,
    min: 1,
    destination: true,
    doc: 'Id of the VPC that the migration ECS is placed in.',
  },
  subnet_id: {
    type: 'string',
    required: true,
    min: 1,
    destination: true,
    doc: 'Network id of the subnet in that VPC.',
  },
  security_group_id: {
    type: 'string',
    required: true,
    min: 1,
    destination: true,
    doc: 'Id of the security group of the migration ECS. It must allow traffic to both sides.',
  },
};

/** Required fields that a jobs file may leave out because `plan` supplies them. */
export const ONLINE_MIGRATION_SUPPLIED = ['name'] as const;

/** Our own keys, beside the fields. */
export const ONLINE_MIGRATION_OWN_KEYS: FieldTable = { configure: CONFIGURE };
