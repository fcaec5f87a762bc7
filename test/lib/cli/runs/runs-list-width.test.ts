import { beat } from '../../../../lib/runs/ledger/heartbeat.ts';
import { makeProjectWithRuns, type ProjectWithRuns } from '../../../fixtures/project-with-runs.ts';
import { runCommand } from '../../../fixtures/run-command.ts';
import { landed, nameOf } from '../../../simulation/jobs.ts';

const REFUSED = landed('a/refused.rdb');
const FIRST = landed('a/first.rdb', 1);
const SECOND = landed('a/second.rdb', 2);
const refused = nameOf('import-a', REFUSED).run;
const first = nameOf('import-a', FIRST).run;
const second = nameOf('import-a', SECOND).run;

let project: ProjectWithRuns;
beforeEach(async () => {
  project = await makeProjectWithRuns();
  project.simulation.now = Date.parse('2026-03-14T12:00:00Z');
});
afterEach(() => project.remove());

/** A run that was refused, one with a task, and one that waits for that. */
async function threeRuns(): Promise<void> {
  const { simulation, jobs } = project;
  simulation.cloud.failNextCreate('refused');
  for (const [i, object] of [REFUSED, FIRST, SECOND].entries()) {
    simulation.now = Date.parse('2026-03-14T12:00:00Z') + i * 60_000;
    await simulation.deliver(jobs, 'import-a', object);
  }
  simulation.now = Date.now();
  await beat(simulation.ledger());
}
const runs = async (columns: number | undefined, ...args: readonly string[]) => {
  const { stdout } = await runCommand(['runs', ...args], {
    cwd: project.folder,
    ...(columns === undefined ? {} : { columns }),
  });
  return stdout;
};

describe('npx migrations runs list, in a terminal', () => {
  it('with 80 columns has states and tasks in full, and reasons and advice below in lines that fit', async () => {
    await threeRuns();

    expect(await runs(80, 'list')).toBe(`CHANGED (UTC)         JOB       RUN           STATE     TASK
2026-03-14 12:02:00Z  import-a  360235c5fb0b  waiting   -
    queued: run 878e102228ce5f6471160ddf99ed1f17 of job import-a has the turn on
    dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5
2026-03-14 12:01:00Z  import-a  878e102228ce  running   import-a-878e102228ce
2026-03-14 12:00:00Z  import-a  6a3387ff8bbe  rejected  -
    DCS.4004: DCS CreateMigrationTask: rejected: 400 DCS.4004

What to do
  DCS.4004: a parameter is invalid; correct the jobs file; if it looks right,
  report a bug
`);
  });

  it('with 120 columns has the reasons that do not fit a line in full below it', async () => {
    await threeRuns();

    expect(await runs(120, 'list')).toBe(`CHANGED (UTC)         JOB       RUN           STATE     TASK
2026-03-14 12:02:00Z  import-a  360235c5fb0b  waiting   -
    queued: run 878e102228ce5f6471160ddf99ed1f17 of job import-a has the turn on
    dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5
2026-03-14 12:01:00Z  import-a  878e102228ce  running   import-a-878e102228ce
2026-03-14 12:00:00Z  import-a  6a3387ff8bbe  rejected  -
    DCS.4004: DCS CreateMigrationTask: rejected: 400 DCS.4004

What to do
  DCS.4004: a parameter is invalid; correct the jobs file; if it looks right, report a bug
`);
  });

  it('with 200 columns has each run in one line', async () => {
    await threeRuns();

    expect(
      await runs(200, 'list'),
    ).toBe(`CHANGED (UTC)         JOB       RUN           STATE     TASK                   WHY
2026-03-14 12:02:00Z  import-a  360235c5fb0b  waiting   -                      queued: run 878e102228ce5f6471160ddf99ed1f17 of job import-a has the turn on dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5
2026-03-14 12:01:00Z  import-a  878e102228ce  running   import-a-878e102228ce
2026-03-14 12:00:00Z  import-a  6a3387ff8bbe  rejected  -                      DCS.4004: DCS CreateMigrationTask: rejected: 400 DCS.4004

What to do
  DCS.4004: a parameter is invalid; correct the jobs file; if it looks right, report a bug
`);
  });

  it('with 60 columns has the tasks below, too', async () => {
    await threeRuns();

    expect(await runs(60, 'list')).toBe(`CHANGED (UTC)         JOB       RUN           STATE
2026-03-14 12:02:00Z  import-a  360235c5fb0b  waiting
    queued: run 878e102228ce5f6471160ddf99ed1f17 of job
    import-a has the turn on
    dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5
2026-03-14 12:01:00Z  import-a  878e102228ce  running
    task import-a-878e102228ce
2026-03-14 12:00:00Z  import-a  6a3387ff8bbe  rejected
    DCS.4004: DCS CreateMigrationTask: rejected: 400
    DCS.4004

What to do
  DCS.4004: a parameter is invalid; correct the jobs file;
  if it looks right, report a bug
`);
  });

  it('names the run that has the turn now, and so does runs show', async () => {
    await threeRuns();
    const { simulation, jobs } = project;
    const last = landed('a/third.rdb', 3);
    await simulation.deliver(jobs, 'import-a', last);
    for (let tick = 0; tick < 10; tick++) {
      simulation.advance(60_000);
      await simulation.reconcile();
      if ((await simulation.recordsOf({ job: 'import-a', run: second })).some(({ type }) => type === 'created')) break;
    }

    const turn = `queued: run ${second} of job import-a has the turn on dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5`;
    expect(await runs(200, 'list', '--open')).toContain(turn);
    expect(await runs(200, 'show', 'import-a', nameOf('import-a', last).run)).toContain(`Why          ${turn}`);
  });

  it('has no column for tasks if no run has one', async () => {
    project.simulation.cloud.failNextCreate('refused');
    await project.simulation.deliver(project.jobs, 'import-a', REFUSED);

    expect(await runs(80, 'list')).toMatch(/^CHANGED \(UTC\) {9}JOB {7}RUN {11}STATE\n/);
  });

  it('shortens ids to digits that commands accept', async () => {
    await threeRuns();
    const [, shown = ''] = /import-a {2}([0-9a-f]+) {2}rejected/.exec(await runs(80, 'list')) ?? [];

    expect([shown, await runs(80, 'show', 'import-a', shown)]).toEqual([
      refused.slice(0, 12),
      expect.stringContaining(`import-a ${refused}\n`),
    ]);
  });
});

describe('what to do, in npx migrations runs list', () => {
  const adviceOf = async () => {
    const { runs: rows } = JSON.parse(await runs(80, 'list', '--json'));
    return rows.map(({ state, advice }: { state: string; advice?: { code: string } }) => [state, advice?.code]) as [
      string,
      string?,
    ][];
  };

  it('is said of runs that wait for a permission, and not of those that wait for their turn', async () => {
    const { simulation, jobs } = project;
    simulation.cloud.failNextCreate('denied');
    await simulation.deliver(jobs, 'import-b', landed('b/denied.rdb'));
    await simulation.deliver(jobs, 'import-a', FIRST);
    await simulation.deliver(jobs, 'import-a', SECOND);

    expect(await adviceOf()).toEqual([
      ['waiting', undefined],
      ['running', undefined],
      ['waiting', 'DCS.2007'],
    ]);
    expect(await runs(80, 'list')).toMatch(/\n\nWhat to do\n {2}DCS\.2007: /);
  });

  it('is said once for all runs with the same code, and not of a run that was replayed', async () => {
    const { simulation, jobs } = project;
    for (const object of [REFUSED, FIRST]) {
      simulation.cloud.failNextCreate('refused');
      await simulation.deliver(jobs, 'import-a', object);
    }

    expect((await runs(80, 'list')).match(/DCS\.4004: a parameter is invalid/g)).toHaveLength(1);
    await runs(80, 'replay', '--rejected', '--since', '999d', '--yes');
    expect((await adviceOf()).map(([state, code]) => `${state} ${code}`).sort()).toEqual([
      'received undefined',
      'received undefined',
      'rejected undefined',
      'rejected undefined',
    ]);
    expect(await runs(80, 'list')).not.toContain('What to do');
  });
});

describe('npx migrations runs list, not in a terminal', () => {
  it('has each run in one line, with its whole id', async () => {
    await threeRuns();

    expect(
      await runs(undefined, 'list'),
    ).toBe(`CHANGED (UTC)         JOB       RUN                               STATE     TASK                   WHY
2026-03-14 12:02:00Z  import-a  360235c5fb0b2568818674bc839fd39a  waiting   -                      queued: run 878e102228ce5f6471160ddf99ed1f17 of job import-a has the turn on dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5
2026-03-14 12:01:00Z  import-a  878e102228ce5f6471160ddf99ed1f17  running   import-a-878e102228ce
2026-03-14 12:00:00Z  import-a  6a3387ff8bbe6cbabf80e347b41212c7  rejected  -                      DCS.4004: DCS CreateMigrationTask: rejected: 400 DCS.4004

What to do
  DCS.4004: a parameter is invalid; correct the jobs file; if it looks right, report a bug
`);
  });
});

it('runs show in 80 columns wraps reasons, advice and steps, and cuts none', async () => {
  await threeRuns();

  expect(await runs(80, 'show', 'import-a', refused)).toBe(`import-a 6a3387ff8bbe6cbabf80e347b41212c7
  State        rejected
  Why          DCS.4004: DCS CreateMigrationTask: rejected: 400 DCS.4004
  Advice       DCS.4004: a parameter is invalid; correct the jobs file; if it
               looks right, report a bug
  Started by   obs://backups/a/refused.rdb
  Belongs to   region ap-southeast-3, project 0605767a3300d5762fb7c0186d9e1779,
               stage local
  Warning      target_instance: an import merges: keys of the backup overwrite
               those of the same name, all other keys of the target stay

What happened (UTC)
  2026-03-14 12:00:00Z  received  obs://backups/a/refused.rdb  by invocation-1
  2026-03-14 12:00:00Z  claimed   until 2026-03-14 12:03:15Z   by invocation-1
  2026-03-14 12:00:00Z  prepared                               by invocation-1
  2026-03-14 12:00:00Z  intent    until 2026-03-14 12:03:15Z   by invocation-1
  2026-03-14 12:00:00Z  rejected
      DCS.4004: DCS CreateMigrationTask: rejected: 400 DCS.4004
      by invocation-1
  2026-03-14 12:00:00Z  settled                                by invocation-1

Next steps
  make another attempt with the current jobs file:
    npx migrations runs replay import-a 6a3387ff8bbe6cbabf80e347b41212c7
`);
});

it('runs lanes in a terminal has short ids, and whole ones elsewhere', async () => {
  await threeRuns();

  expect(await runs(80, 'lanes')).toContain(`  has the turn  import-a  ${first.slice(0, 12)}\n`);
  expect(await runs(undefined, 'lanes')).toContain(`  has the turn  import-a  ${first}\n`);
});
