import type { ActionReview } from '../action-review.ts';
import { compareServerMigrations } from './compare.ts';
import { regionFields } from './derive-server-migration.ts';
import { SERVER_MIGRATION_FIELDS } from './fields.ts';
import { inspectServers } from './inspect-servers.ts';
import { SERVER_MIGRATION_PERMISSIONS } from './permissions.ts';

export const serverMigrationReview: ActionReview = {
  permissions: [SERVER_MIGRATION_PERMISSIONS],
  live: {
    asked: 'the servers in SMS and ECS',
    needs: 'sms:server:get, sms:template:get and ECS ReadOnlyAccess',
    inspect: inspectServers,
  },
  liveCheckFields: ['source_server', 'target'],
  regionFields: [['target', 'region'], ['region_id']],
  derived: { key: 'target', part: 'target_server' },
  compare: compareServerMigrations,

  withHoles(planned, hole) {
    if (!planned.derive) return planned;
    const body = { ...regionFields(planned.derive), ...planned.body };
    const missing = Object.entries(SERVER_MIGRATION_FIELDS).filter(
      ([name, { required }]) => required && !(name in body),
    );
    const holes = missing.map(([name]) => [name, hole(`${name}, from source server ${planned.target}`)]);
    return { ...planned, body: { ...body, ...Object.fromEntries(holes) } };
  },
};
