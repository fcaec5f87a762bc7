import type { Deviations } from '../deviation.ts';

const PAGE = 'SMN API reference, smn_api_54001';

export const SMN_DEVIATIONS: Deviations = {
  requests: [
    {
      operations: ['PublishMessage'],
      fields: ['message_structure', 'message_template_name', 'tags', 'message_attributes', 'locale'],
      rule: 'refused: only the text form of a message is supported, with message and without a structure or a template',
      source: 'local choice',
    },
    {
      operations: ['PublishMessage'],
      fields: ['message'],
      rule: 'mandatory, because it is in the text form of the body; at most 256 KB',
      source: PAGE,
    },
    {
      operations: ['PublishMessage'],
      fields: ['subject'],
      rule: 'mandatory, because mail needs one; at most 512 bytes',
      source: `"Constraints" of 2025-04, ${PAGE} says characters`,
    },
    {
      operations: ['PublishMessage'],
      fields: ['time_to_live'],
      rule: 'a string with 1 to 604800 seconds',
      source: PAGE,
    },
  ],
  responses: [],
};
