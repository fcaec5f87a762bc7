import type { ActionReview } from '../action-review.ts';
import { compareServerMigrations } from './compare.ts';
import { lookAtServers } from './look-at-servers.ts';
import { SERVER_MIGRATION_PERMISSIONS } from './permissions.ts';

export const serverMigrationReview: ActionReview = {
  permissions: [SERVER_MIGRATION_PERMISSIONS],
  live: {
    asked: 'the servers in SMS and ECS',
    needs: 'sms:server:get, sms:template:get and ECS ReadOnlyAccess',
    look: lookAtServers,
  },
  deciding: ['source_server', 'target'],
  regionFields: [['target', 'region'], ['region_id']],
  derived: { key: 'target', part: 'target_server' },
  compare: compareServerMigrations,
};
