import type { ActionKind } from '../jobs/job.ts';
import type { Action } from './action.ts';
import { backupImport, checkBackupImport, type TargetNames } from './backup-import.ts';
import type { CheckedFields, CheckOptions } from './check-fields.ts';
import { checkOnlineMigration, onlineMigration } from './online-migration.ts';
import { checkServerMigration, serverMigration } from './server-migration.ts';

/** What each key of a job in `migrations.yml` stands for. */
export const ACTIONS: Readonly<Record<ActionKind, Action>> = {
  backup_import: backupImport,
  online_migration: onlineMigration,
  server_migration: serverMigration,
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
