import { inspectJobs } from '../../../lib/jobs/load-jobs.ts';

const problemsOf = async (set: string) =>
  (
    await inspectJobs(
      `version: 1
region: ap-southeast-3
targets: { cache: { id: x } }
ledger: { obs: { bucket: ops-ledger, prefix: m/ } }
jobs:
  restore:
    on: { object_created: { bucket: backups, key: "prod/**", set: { by: "prod/{set}/", ${set} } } }
    backup_import: { target_instance: cache }
`,
      'yaml',
    )
  ).problems.map(({ path, message }) => `${path.slice(-2).join('.')}: ${message}`);

describe('set', () => {
  it.each([
    ['complete: { quiet: 6h }, deadline: 6h', '6h'],
    ['complete: { marker: _OK, quiet: 7h }, deadline: 2h', '2h'],
    ['complete: { quiet: 6h }', '6h if absent'],
  ])('is refused if it would always miss its deadline: %s', async (set, deadline) => {
    expect(await problemsOf(set)).toEqual([
      `complete.quiet: must be shorter than deadline (${deadline}): otherwise each set is given up before it is complete`,
    ]);
  });

  it.each([
    'complete: { quiet: 5h }',
    'complete: { quiet: 6h }, deadline: 7h',
    'complete: { marker: _OK }, deadline: 1m',
  ])('is accepted if it can meet its deadline: %s', async (set) => {
    expect(await problemsOf(set)).toEqual([]);
  });
});
