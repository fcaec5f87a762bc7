import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseJobs } from '../../../../lib/jobs/load-jobs.ts';
import { segment } from '../../../../lib/runs/ledger/ledger.ts';
import { makeProjectWithRuns, type ProjectWithRuns } from '../../../fixtures/project-with-runs.ts';

const YAML = `version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  cluster: { id: d2c8399f-bdba-43c1-8069-3ff17a1a79d5 }
jobs:
  import-set:
    on: { object_created: { bucket: backups, key: "prod/**/*.rdb", set: { by: "prod/{set}/", complete: { marker: _SUCCESS, count: 3 } } } }
    preflight: off
    backup_import: { target_instance: cluster }
  others:
    on: { object_created: { bucket: backups, key: "test/**", set: { by: "test/{set}/", complete: { count: 2 } } } }
    preflight: off
    backup_import: { target_instance: cluster }
`;

let project: ProjectWithRuns;
beforeEach(async () => {
  project = await makeProjectWithRuns();
  await writeFile(path.join(project.folder, 'migrations.yml'), YAML);
  project.simulation.jobs = (await parseJobs(YAML, 'yaml')).jobs;
});
afterEach(() => project.remove());

async function land(...keys: readonly string[]): Promise<void> {
  const { simulation } = project;
  const time = new Date(simulation.now).toISOString();
  await simulation.notify(keys.map((key) => simulation.obs.put('backups', key, key, time)));
}

describe('npx migrations runs, where sets are open', () => {
  it('list shows each set with its files, what it waits for, and its deadline', async () => {
    await land('prod/day-1/a.rdb', 'test/7/x');

    for (const args of [['list'], ['list', '--open']]) {
      const { code, stdout, stderr } = await project.runs(...args);

      const time = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ';
      expect(stdout).toMatch(
        new RegExp(
          `^Open sets\n {2}import-set {2}waiting {2}until ${time} {2}obs://backups/prod/day-1/\n {4}1 file found of 3, but _SUCCESS is missing\n {2}others {2}waiting {2}until ${time} {2}obs://backups/test/7/\n {4}1 file found of 2\n$`,
        ),
      );
      expect([code, stderr]).toEqual([0, expect.stringContaining('no runs')]);
    }
  });

  it('list --json includes sets, also of a single job, up to the limit', async () => {
    await land('prod/day-1/a.rdb', 'prod/day-2/a.rdb', 'test/7/x');

    const of = async (...args: readonly string[]) => JSON.parse((await project.runs('list', '--json', ...args)).stdout);

    expect((await of('others')).sets).toEqual([
      {
        job: 'others',
        prefix: 'test/7/',
        bucket: 'backups',
        state: 'waiting',
        files: 1,
        waits_for: [{ condition: 'count', have: 1, of: 2 }],
        message: '1 file found of 2',
        hints: [],
        opened_at: expect.stringMatching(/Z$/),
        last_at: expect.stringMatching(/Z$/),
        deadline: expect.stringMatching(/Z$/),
      },
    ]);
    expect(await of('--limit', '2')).toMatchObject({ sets: [{}, {}], sets_left: 1 });
    expect(await of('--state', 'failed')).toMatchObject({ sets: [], sets_left: 0 });
  });

  it.each([[['prod/day-1/']], [['obs://backups/prod/day-1']], [['import-set', 'prod/day-1/']], [['import-set']]])(
    'show %j shows the set',
    async (args) => {
      await land('prod/day-1/a.rdb');

      const { code, stdout } = await project.runs('show', ...args);

      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(
          /^import-set obs:\/\/backups\/prod\/day-1\/\n {2}State {5}waiting\n {2}Files {5}1\n {2}Why {7}1 file found of 3, but _SUCCESS is missing\n {2}First {5}.*\n {2}Last {6}.*\n {2}Given up {2}.*\n$/,
        ),
      ]);
    },
  );

  it('show says what a completed set started, and which files came too late', async () => {
    await land('test/7/x', 'test/7/y', 'test/7/z');

    const { stdout } = await project.runs('show', 'test/7/', '--json');

    expect(JSON.parse(stdout).sets).toMatchObject([
      {
        state: 'complete',
        message: 'its run was started with 2 files; 1 object arrived too late',
        run: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    ]);
  });

  it('show exits 3 for an unknown set', async () => {
    await land('prod/day-1/a.rdb');

    const { code, stdout, stderr } = await project.runs('show', 'prod/day-9/');

    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('no job has a set prod/day-9/ in the ledger');
  });

  it('names a set whose list cannot be read, shows the others, and exits 1', async () => {
    await land('prod/day-1/a.rdb', 'test/7/x');
    const { store } = project.simulation;
    const list = `sets/import-set/${segment('prod/day-1/')}`;
    await store.append(list, (await store.read(list)).position, '{"half');

    const { code, stdout } = await project.runs('list', '--json');

    expect(code).toBe(1);
    expect(JSON.parse(stdout).sets.map(({ prefix, state }: Record<string, string>) => [prefix, state])).toEqual([
      ['prod/day-1/', 'unreadable'],
      ['test/7/', 'waiting'],
    ]);
  });
});
