import { addressProblem } from '../../migrations/object-address.ts';
import type { StringField } from '../../schema/fields.ts';

/** The name of an OBS bucket: 3 to 63 of lower-case letters, digits, `-` and `.`, starting and ending with a letter or digit. */
export const BUCKET = {
  type: 'string',
  required: true,
  pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  expected: 'the name of a bucket (3 to 63 lower-case letters, digits, "-" or ".")',
  problem: (text) => addressProblem(text, 'bucket'),
  doc: 'OBS bucket.',
} as const satisfies StringField;
