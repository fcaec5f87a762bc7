import type { ActionKind } from './action.ts';
import type { ActionReview } from './action-review.ts';
import { backupImport } from './backup-import/backup-import.ts';
import { backupImportReview } from './backup-import/review.ts';
import { onlineMigration } from './online-migration/online-migration.ts';
import { onlineMigrationReview } from './online-migration/review.ts';
import { serverMigrationReview } from './server-migration/review.ts';
import { serverMigration } from './server-migration/server-migration.ts';

/** The actions, by their key in `migrations.yml`. */
export const ACTIONS = {
  backup_import: backupImport,
  online_migration: onlineMigration,
  server_migration: serverMigration,
};

export const ACTION_KINDS = Object.keys(ACTIONS) as readonly ActionKind[];

/** What is needed to write and check a jobs file, by action. Bundles of functions do not contain it. */
export const REVIEWS: Readonly<Record<ActionKind, ActionReview>> = {
  backup_import: backupImportReview,
  online_migration: onlineMigrationReview,
  server_migration: serverMigrationReview,
};
