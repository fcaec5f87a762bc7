/** Examples for the API description, also sent by its tests. The jobs are those in this repository's migrations.yml. */
export const EXAMPLES = {
  job: 'import-on-demand',
  key: 'order-7',
  /** The run that this job and key produce. */
  run: 'f8f20face135f684e0ef61800e0de289',
  start: {
    import: {
      summary: 'Import a file from a bucket',
      value: {
        backup_files: {
          file_source: 'self_build_obs',
          bucket_name: 'redis-backups',
          files: [{ file_name: 'prod/dump.rdb' }],
        },
        description: 'requested by a pipeline',
      },
    },
  },
  cancel: {
    named: {
      summary: 'Name the run (required in signed messages)',
      value: { run: 'f8f20face135f684e0ef61800e0de289' },
    },
  },
} as const;
