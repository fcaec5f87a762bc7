/** The stages in which a task can fail. */
export const STAGES = {
  import: 'DCS: a backup import, while it is MIGRATING',
  create_job: 'DCS: an online task, while it is CREATING or waiting to be configured',
  full: 'DCS: an online task, while it is FULLMIGRATING',
  incremental: 'DCS: an online task, while it is kept in sync',
  backup: 'DCS: a backup, while it is running',
  restore: 'DCS: a restoration, while it is running',
  start: 'SMS: a started task, while it is still READY',
  prepare: 'SMS: a task, in its first subtask',
  copy: 'SMS: a task, in the copy subtask',
} as const;

export type Stage = keyof typeof STAGES;

/** The stages in which a task has a migration machine. */
export const RELEASABLE: ReadonlySet<Stage> = new Set(['import', 'create_job', 'full', 'incremental']);
