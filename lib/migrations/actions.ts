import type { CheckedFields, CheckOptions } from '../schema/check-fields.ts';
import type { Action, ActionKind, TargetNames } from './action.ts';
import { BACKUP_IMPORT_SUPPLIED, backupImport, checkBackupImport } from './backup-import/backup-import.ts';
import {
  checkOnlineMigration,
  ONLINE_MIGRATION_SUPPLIED,
  onlineMigration,
} from './online-migration/online-migration.ts';
import {
  checkServerMigration,
  SERVER_MIGRATION_SUPPLIED,
  serverMigration,
} from './server-migration/server-migration.ts';

/** What each key of a job in `migrations.yml` stands for. */
export const ACTIONS: Readonly<Record<ActionKind, Action>> = {
  backup_import: backupImport,
  online_migration: onlineMigration,
  server_migration: serverMigration,
};

/** Mandatory fields that a jobs file may leave out, for `plan` supplies them. */
export const SUPPLIED_FIELDS: Readonly<Record<ActionKind, readonly string[]>> = {
  backup_import: BACKUP_IMPORT_SUPPLIED,
  online_migration: ONLINE_MIGRATION_SUPPLIED,
  server_migration: SERVER_MIGRATION_SUPPLIED,
};

const CHECKS: Readonly<Record<ActionKind, (value: unknown, options: CheckOptions & TargetNames) => CheckedFields>> = {
  backup_import: checkBackupImport,
  online_migration: checkOnlineMigration,
  server_migration: checkServerMigration,
};

/** Checks the fields of an action: its table, and the rules between fields. Reports everything at once, throws nothing. */
export function checkAction(kind: ActionKind, value: unknown, options: CheckOptions & TargetNames): CheckedFields {
  return CHECKS[kind](value, options);
}
