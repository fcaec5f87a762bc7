import { SMS_OPEN_QUESTIONS, SMS_STRICTER_RULES } from '../../src/cloud/sms/differences.ts';
import type { Deviations } from '../deviation.ts';

export const SMS_DEVIATIONS: Deviations = {
  requests: [
    ...SMS_STRICTER_RULES,
    {
      operations: ['UpdateTask'],
      fields: [
        'target_server.volume_groups[].logical_volumes',
        'target_server.btrfs_list',
        'target_server.disks[].name',
      ],
      rule: 'the fields that CreateTask needs are mandatory',
      source: 'API page of CreateTask, 2025-01-24; optional in the Node SDK 3.1.209',
    },
    {
      operations: ['UpdateServerName'],
      fields: ['volume_groups'],
      rule: 'every ID of a disk or a volume group is unknown (SMS.9001)',
      source: 'no operation returns these IDs',
    },
    {
      operations: ['UpdateTemplate'],
      fields: ['template'],
      rule: 'mandatory, because it is the only field',
      source: 'API page of UpdateTemplate, 2026-01; optional in the Node SDK 3.1.209',
    },
    {
      operations: ['CreateTemplate', 'UpdateTemplate'],
      fields: ['template.vpc.id'],
      rule: 'mandatory',
      source: 'API page of CreateTemplate, 2026-01; optional in the Node SDK 3.1.209',
    },
  ],
  responses: SMS_OPEN_QUESTIONS,
};
