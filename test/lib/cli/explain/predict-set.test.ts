import { predictSet } from '../../../../lib/cli/explain/predict-set.ts';
import type { ObjectTrigger } from '../../../../lib/events/trigger.ts';
import { parseJobs } from '../../../../lib/jobs/load-jobs.ts';
import { findSetPlace } from '../../../../lib/jobs/set-place.ts';

async function noteOf(
  complete: string,
  ...names: readonly string[]
): Promise<{ note: string; files: number | undefined }> {
  const { jobs } = await parseJobs(
    `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets: { cluster: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 } }
jobs:
  import-set:
    on: { object_created: { bucket: backups, key: "p/**/*.rdb", set: { by: "p/{set}/", complete: ${complete} } } }
    backup_import: { target_instance: cluster }
`,
    'yaml',
  );
  const job = jobs.jobs.get('import-set');
  const trigger = job?.on.object_created;
  if (!job || !trigger?.set) throw new Error('the file has the job');
  const seen = new Map();
  let last = { note: '', files: undefined as number | undefined };
  for (const name of names) {
    const time = '2026-03-14T12:00:00Z';
    const object: ObjectTrigger = {
      kind: 'object',
      created: true,
      eventName: 'x',
      bucket: 'backups',
      key: `p/1/${name}`,
      time,
      warnings: [],
    };
    const place = findSetPlace(trigger, object.key);
    if (!place) throw new Error(`${name} is in the set`);
    const found = predictSet({ job, rule: trigger.set, place, object }, seen);
    last = { note: found.note, files: found.trigger?.set?.members.length };
  }
  return last;
}

describe('predictSet', () => {
  it.each([
    [
      '{ marker: _OK }',
      ['a.rdb', '_OK'],
      'it completes the set obs://backups/p/1/; its files are those in the bucket at that time',
      1,
    ],
    [
      '{ marker: _OK, manifest: true }',
      ['_OK'],
      'it is the marker of the set obs://backups/p/1/, which is complete once all files that _OK lists are there; its files are those that it lists',
      1,
    ],
    [
      '{ marker: _OK, count: 2, quiet: 5m }',
      ['a.rdb'],
      'it is a file of the set obs://backups/p/1/, which is complete once _OK lands in it and it has 2 files and no file has landed in it for 300 seconds; this event has 1',
      undefined,
    ],
    ['{ count: 2 }', ['a.rdb', 'b.rdb'], 'it completes the set obs://backups/p/1/', 2],
    [
      '{ count: 2, quiet: 5m }',
      ['a.rdb', 'b.rdb'],
      'it is a file of the set obs://backups/p/1/, which is complete once it has 2 files and no file has landed in it for 300 seconds; this event has 2',
      undefined,
    ],
  ])('%s: %j', async (complete, names, note, files) => {
    expect(await noteOf(complete, ...names)).toEqual({ note, files });
  });
});
