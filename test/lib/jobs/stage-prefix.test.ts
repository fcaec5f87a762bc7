import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { withStagePrefix } from '../../../lib/jobs/stage-prefix.ts';

const FILE = `
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops, prefix: m/ } }
targets: { cache: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 } }
jobs:
  landed: { on: { object_created: { bucket: backups, key: "prod/**" } }, backup_import: { target_instance: cache } }
  sets:
    on: { object_created: { bucket: backups, key: "sets/**", set: { by: "sets/{set}/", complete: { count: 2 } } } }
    backup_import: { target_instance: cache }
  nightly:
    on: { schedule: { rate: 1h } }
    backup_import: { target_instance: cache, backup_files: { bucket_name: backups, files: [ { file_name: prod/a.rdb } ] } }
`;

describe('the prefix of a stage', () => {
  it('is before the ledger and everything that jobs watch, and nothing else', async () => {
    const { jobs, document } = await parseJobs(FILE, 'yaml', { prefix: 'staging/' });
    const plain = await parseJobs(FILE, 'yaml');

    expect(jobs.ledger?.obs).toEqual({ bucket: 'ops', prefix: 'staging/m/' });
    expect(jobs.jobs.get('landed')?.on.object_created?.key).toBe('staging/prod/**');
    expect(jobs.jobs.get('sets')?.on.object_created).toMatchObject({
      key: 'staging/sets/**',
      set: { by: 'staging/sets/{set}/' },
    });
    expect(jobs.jobs.get('nightly')).toEqual(plain.jobs.jobs.get('nightly'));
    expect(document).toEqual(plain.document);
  });

  it('protects the ledger of the stage from jobs that would watch it', async () => {
    const watching = FILE.replace('backups, key: "prod/**"', 'ops, key: "m/**"');

    await expect(parseJobs(watching, 'yaml', { prefix: 'staging/' })).rejects.toThrow(/staging\/m\//);
  });

  it.each([
    null,
    3,
    'text',
    [],
    {},
    { ledger: 1, jobs: [] },
    { ledger: { obs: null }, jobs: { a: null, b: { on: 1 } } },
  ])('leaves %j as it is', (document) => {
    expect(withStagePrefix(document, 'staging/')).toEqual(document);
  });

  it('changes nothing if it is empty', () => {
    const document = { ledger: { obs: { prefix: 'm/' } } };

    expect(withStagePrefix(document, '')).toBe(document);
  });
});
