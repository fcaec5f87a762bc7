import { STRICTER_RULES } from '../../src/cloud/stricter.ts';
import { type Deviations, deviationOf } from '../deviation.ts';

const ROTATION = ['rotation_period', 'rotation_config', 'rotation_func_urn'];

export const CSMS_DEVIATIONS: Deviations = {
  requests: [
    ...STRICTER_RULES.filter(({ service }) => service === 'CSMS').map(deviationOf),
    {
      operations: ['CreateSecret', 'CreateSecretVersion'],
      fields: ['secret_binary', 'secret_string'],
      rule: 'exactly one of the two is mandatory, of at most 32 KB',
      source: 'DEW API reference, CreateSecret and CreateSecretVersion (2025-08-28)',
    },
    {
      operations: ['CreateSecret'],
      fields: ['auto_rotation', ...ROTATION],
      rule: 'refused: only the secrets of databases have them, which are not emulated',
      source: 'local choice',
    },
  ],
  responses: [
    {
      operations: ['CreateSecret', 'ListSecrets', 'ShowSecret'],
      fields: [...ROTATION, 'rotation_time', 'next_rotation_time'].flatMap((name) => [
        `secret.${name}`,
        `secrets[].${name}`,
      ]),
      rule: 'only the secrets of databases have them',
      source: 'local choice',
    },
    {
      operations: ['ShowSecretVersion'],
      fields: ['version.secret_binary'],
      rule: 'only for a binary value; then without secret_string',
      source: 'local choice',
    },
  ],
};
