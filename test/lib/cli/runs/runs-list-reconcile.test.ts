import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Budget } from '../../../../lib/runs/ledger/budget.ts';
import { beat } from '../../../../lib/runs/ledger/heartbeat.ts';
import { pause } from '../../../../lib/runs/ledger/pauses.ts';
import { makeProjectWithRuns, type ProjectWithRuns } from '../../../fixtures/project-with-runs.ts';
import { landed } from '../../../simulation/jobs.ts';

const DAY = 24 * 60 * 60_000;
const ORIGIN = { region: 'ap-southeast-3', project: '0605767a3300d5762fb7c0186d9e1779', stage: 'local' };
const one = landed('b/one.rdb');

let project: ProjectWithRuns;
beforeEach(async () => {
  project = await makeProjectWithRuns((yaml) => yaml.replace('{ runs: 1, per: 30m }', '{ runs: 1, per: 30d }'));
});
afterEach(() => project.remove());

const ledger = (origin = ORIGIN) => project.simulation.ledger('invocation', origin);
/** Another run uses up the limit of import-b. */
const useUp = () =>
  new Budget(ledger(), { job: 'import-b', run: '1'.repeat(32), limit: { runs: 1, perMs: 30 * DAY } }).spend();

describe('npx migrations runs list, of limits', () => {
  beforeEach(() => beat(ledger()));

  it('says how much is used, when the next run may start, how many wait, and how to start one now', async () => {
    await useUp();
    await project.simulation.deliver(project.jobs, 'import-b', one);

    const { stderr, stdout } = await project.runs('list');

    const at = /\d{4}-\d\d-\d\d 00:00:00Z/.source;
    const start = 'to start one now: npx migrations runs run-now import-b <run> --why "..."';
    expect(stderr).toMatch(
      new RegExp(
        `^limits:\n  import-b: 1 of 1 run per 30 d used; the next may start at ${at}; 1 run waits; ${start}\n$`,
      ),
    );
    expect(stdout).toContain('over_budget');
  });

  it('names a limit that is used up although nothing waits for it, and none that is not', async () => {
    const before = await project.runs('list');
    await useUp();
    const after = await project.runs('list', 'import-*');
    const other = await project.runs('list', 'import-a');

    expect(before.stderr).toBe('no runs and no open sets\n');
    expect(after.stderr).toMatch(/^no runs and no open sets\nlimits:\n {2}import-b: 1 of 1 run .*00:00:00Z\n$/);
    expect(other.stderr).toBe('no runs and no open sets\n');
  });

  it('has the limits of all listed jobs with --json, those that runs wait for first', async () => {
    await useUp();
    await project.simulation.deliver(project.jobs, 'import-b', one);

    const { budgets } = JSON.parse((await project.runs('list', 'import-*', '--json')).stdout);

    expect(budgets).toEqual([
      {
        job: 'import-b',
        limit: { runs: 1, per_seconds: 2_592_000 },
        used: 1,
        used_up: true,
        resets_at: expect.stringMatching(/T00:00:00\.000Z$/),
        waiting: 1,
      },
      expect.objectContaining({ job: 'import-a', limit: { runs: 20, per_seconds: 3600 }, used: 0, used_up: false }),
    ]);
  });
});

describe('npx migrations runs list, of reconcile', () => {
  it.each([
    ['that has never run', undefined, ORIGIN, /^late reconcile has never run: .*; it runs while npm start does\n/m],
    ['that is late', 16.5 * 60_000, ORIGIN, /^late reconcile has not run for 16 minutes: /m],
    ['of another stage', 0, { ...ORIGIN, stage: 'prod' }, /^late the ledger was last used by reconcile of .* prod: /m],
  ])('says that one %s does not continue anything', async (_, age, origin, said) => {
    await project.simulation.deliver(project.jobs, 'import-a', landed('a/one.rdb'));
    project.simulation.now -= age ?? 0;
    if (age !== undefined) await beat(ledger(origin));

    const { code, stderr } = await project.runs('list');
    const { heartbeat } = JSON.parse((await project.runs('list', '--json')).stdout);

    expect([code, stderr]).toEqual([0, expect.stringMatching(said)]);
    expect(heartbeat).toMatchObject({ late: true, message: expect.any(String) });
  });

  it('lists the runs although the heartbeat cannot be read, and says so', async () => {
    await project.simulation.deliver(project.jobs, 'import-a', landed('a/one.rdb'));
    const today = new Date().toISOString().slice(0, 10);
    await project.simulation.store.append(`control/state/${today}`, 0, 'no record\n');

    const { code, stdout, stderr } = await project.runs('list');
    const json = JSON.parse((await project.runs('list', '--json')).stdout);

    expect([code, stdout, 'heartbeat' in json]).toEqual([0, expect.stringContaining('running'), false]);
    expect(stderr).toMatch(/^the heartbeat of reconcile could not be read: .* line 1 is not a record/m);
  });

  it('says nothing of one that has run', async () => {
    await project.simulation.deliver(project.jobs, 'import-a', landed('a/one.rdb'));
    await beat(ledger());

    expect((await project.runs('list')).stderr).toBe('');
  });
});

it('has exactly the members that the runbook lists', async () => {
  await beat(ledger());
  await pause(ledger(), 'import-b');
  const bad = JSON.stringify({ since: 1, why: 'line 1 is not a record' });
  await project.simulation.store.put('open-unreadable/import-a/bad', bad);

  const { stdout } = await project.runs('list', '--json');

  const runbook = await readFile(path.join(import.meta.dirname, '../../../../docs/runbook.md'), 'utf8');
  const section = runbook.slice(runbook.indexOf('## What `runs list` shows')).slice(3).split('\n## ')[0] ?? '';
  const documented = [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, member]) => member),
  );
  expect(Object.keys(JSON.parse(stdout)).sort()).toEqual(documented.sort());
});
