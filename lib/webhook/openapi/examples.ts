/** What the API description shows, and what its tests send: the jobs are those of this repository's migrations.yml. */
export const EXAMPLES = {
  job: 'import-on-demand',
  key: 'order-7',
  /** The run that this job and key make. */
  run: 'f8f20face135f684e0ef61800e0de289',
  start: {
    import: {
      summary: 'Import a file of a bucket',
      value: {
        backup_files: {
          file_source: 'self_build_obs',
          bucket_name: 'redis-backups',
          files: [{ file_name: 'prod/dump.rdb' }],
        },
        description: 'asked for by a pipeline',
      },
    },
  },
  cancel: {
    named: {
      summary: 'Name the run, as signed messages must',
      value: { run: 'f8f20face135f684e0ef61800e0de289' },
    },
  },
} as const;
