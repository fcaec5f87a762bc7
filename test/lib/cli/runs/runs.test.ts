import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beat } from '../../../../lib/runs/ledger/heartbeat.ts';
import { makeProjectWithRuns, type ProjectWithRuns, runOf } from '../../../fixtures/project-with-runs.ts';
import { runBin } from '../../../fixtures/run-bin.ts';
import { runCommand } from '../../../fixtures/run-command.ts';
import { landed, ticked } from '../../../simulation/jobs.ts';
import { PASSWORD } from '../../../simulation/simulation.ts';

const HOUR = 60 * 60_000;
const ONE = landed('a/one.rdb');
const TWO = landed('a/two.rdb', 1);
const one = runOf('import-a', ONE);
const two = runOf('import-a', TWO);
const move = runOf('move-cache', ticked());

let project: ProjectWithRuns;
beforeEach(async () => {
  project = await makeProjectWithRuns();
});
afterEach(() => project.remove());

const deliver = (job = 'import-a', trigger: Parameters<typeof runOf>[1] = ONE) =>
  project.simulation.deliver(project.jobs, job, trigger);
/** A run that the service refused. */
async function refuse(job = 'import-a', trigger: Parameters<typeof runOf>[1] = ONE): Promise<void> {
  project.simulation.cloud.failNextCreate('refused');
  await deliver(job, trigger);
}
/** A run that waits for an operator, because the outcome of its create call could not be determined. */
async function park(): Promise<void> {
  const { simulation } = project;
  simulation.cloud.failNextCreate('not_done_500');
  await deliver();
  simulation.cloud.failingLists = 1_000;
  simulation.advance(7 * HOUR);
  await simulation.reconcile();
  simulation.cloud.failingLists = 0;
}

describe('npx migrations runs', () => {
  it.each([
    [[], 'Usage: migrations runs'],
    [['list', '--help'], '$ npx migrations runs list --open'],
    [['show', '--help'], '$ npx migrations runs show restore-staging 0123456789ab'],
    [['watch', '--help'], '$ npx migrations runs watch restore-staging 0123456789ab'],
    [['lanes', '--help'], '$ npx migrations runs lanes repair dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5'],
    [['replay', '--help'], '$ npx migrations runs replay --rejected --since 2h --yes'],
    [['cancel', '--help'], '$ npx migrations runs cancel restore-staging 0123456789ab'],
    [['forget', '--help'], '$ npx migrations runs forget restore-staging 0123456789ab --why'],
    [['park', '--help'], '$ npx migrations runs park restore-staging 0123456789ab --why'],
    [['run-now', '--help'], '$ npx migrations runs run-now restore-staging 0123456789ab --why'],
    [['resolve', '--help'], '$ npx migrations runs resolve restore-staging 0123456789ab try-again'],
  ])('%j lists what is available', async (args, said) => {
    const { stdout, stderr } = await project.runs(...args);

    expect(stdout + stderr).toContain(said);
  });

  it.each([
    [['list', 'Import-A'], 'is not a valid job name'],
    [['list', '--state', 'lost'], 'Must be one of received, waiting'],
    [['list', '--since', 'yesterday'], 'as 30s, 5m, 6h, 7d'],
    [['list', '--limit', '0'], 'a number from 1'],
    [['show'], "missing required argument 'job'"],
    [['show', 'Import-A'], 'is not a valid job name'],
    [['show', 'import-a', '012'], 'at least the first 6'],
    [['show', 'import-a', 'one.rdb'], 'is not a run id'],
    [['watch', 'import-a', one, '--every', 'often'], 'as 30s, 5m, 6h, 7d'],
    [['replay'], 'give <job> <run>, or --rejected'],
    [['replay', 'import-a'], 'give <job> <run>, or --rejected'],
    [['replay', 'import-*'], 'a pattern of job names needs --rejected'],
    [['replay', 'import-*', one], 'a pattern of job names needs --rejected'],
    [['replay', 'improt-*', '--rejected'], 'no job matches; did you mean "import-a" or "import-b"?'],
    [['list', 'improt-*'], 'no job matches; did you mean "import-a" or "import-b"?'],
    [['list', 'Import-*'], 'is not a valid pattern'],
    [['resolve', '--code', 'DCS.2007', 'improt-*', 'try-again'], 'no job matches'],
    [['replay', 'import-a', one, '--rejected'], 'not both'],
    [['replay', 'import-a', one, '--since', '2h'], 'give <job> <run>, or --rejected'],
    [['forget', 'import-a', one], "'--why <text>' not specified"],
    [['park', 'import-a', one], "'--why <text>' not specified"],
    [['run-now', 'import-a', one], "'--why <text>' not specified"],
    [['run-now', 'import-*', one, '--why', 'x'], 'is not a valid job name'],
    [['resolve', 'import-a', one, 'forget'], 'the decision must be one of'],
    [['resolve', 'import-a', one, 'task'], 'the decision must be one of'],
    [['resolve', 'import-a', one, 'give-up'], 'the decision must be one of'],
    [['resolve', 'import-a', one, 'try-again', 'now'], 'the decision must be one of'],
    [['resolve'], 'give <job> <run> and a decision'],
    [['resolve', 'import-a'], 'give <job> <run> and a decision'],
    [['resolve', 'import-a', one, 'try-again', '--dry-run'], 'try-again [--dry-run]'],
    [['resolve', '--code', 'DCS.2007'], 'the only decision is try-again'],
    [['resolve', '--code', 'DCS.2007', 'give-up', '--why', 'x'], 'the only decision is try-again'],
    [['resolve', '--code', 'DCS.2007', 'import-a', one, 'try-again'], 'the only decision is try-again'],
    [['resolve', '--code', 'DCS.2007', 'Import-A', 'try-again'], 'is not a valid job name'],
  ])('exits 2 for %j', async (args, said) => {
    await deliver();

    const { code, stdout, stderr } = await project.runs(...args);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
  });

  it.each([['show'], ['watch'], ['replay']])('%s exits 3 when there is no such run', async (command) => {
    await deliver();

    const { code, stderr } = await project.runs(command, 'import-a', '0'.repeat(32));

    expect([code, stderr]).toEqual([3, expect.stringContaining('npx migrations runs list import-a')]);
  });

  it('exits 3 when there is no ledger', async () => {
    const { code, stderr } = await project.runs('list');

    expect([code, stderr]).toEqual([3, expect.stringContaining('.local/ledger does not exist')]);
  });
});

describe('npx migrations runs list', () => {
  // As after a tick of reconcile.
  beforeEach(() => beat(project.simulation.ledger()));

  it('lists when, job, run, state, task and why, newest change first', async () => {
    await refuse();
    project.simulation.advance(2_000);
    await deliver('import-a', TWO);

    const { code, stdout, stderr } = await project.runs('list');

    const lines = stdout.trimEnd().split('\n');
    expect([code, stderr, lines.length]).toEqual([0, '', 6]);
    expect(lines[0]).toMatch(/^CHANGED \(UTC\) {9}JOB {7}RUN {31}STATE {5}TASK +WHY$/);
    const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}/.source;
    expect(lines[1]).toMatch(new RegExp(`${time}import-a  ${two}  running   import-a-${two.slice(0, 12)}$`));
    expect(lines[2]).toMatch(new RegExp(`${time}import-a  ${one}  rejected  - +DCS.4004: DCS CreateMig`));
  });

  it('prints everything with --json', async () => {
    await refuse();

    const { stdout } = await project.runs('list', 'import-a', '--json');

    expect(JSON.parse(stdout)).toEqual({
      runs: [
        {
          job: 'import-a',
          run: one,
          state: 'rejected',
          changed_at: expect.stringMatching(/Z$/),
          received_at: expect.stringMatching(/Z$/),
          source: 'obs://backups/a/one.rdb',
          origin: { region: 'ap-southeast-3', project: '0605767a3300d5762fb7c0186d9e1779', stage: 'local' },
          reason: expect.objectContaining({ code: 'DCS.4004', status: 400 }),
          advice: { code: 'DCS.4004', meaning: expect.any(String), remedy: expect.any(String) },
        },
      ],
      left: 0,
      sets: [],
      sets_left: 0,
      budgets: [
        {
          job: 'import-a',
          limit: { runs: 20, per_seconds: 3600 },
          used: expect.any(Number),
          used_up: false,
          resets_at: expect.stringMatching(/:00:00\.000Z$/),
          waiting: 0,
        },
      ],
      budgets_left: 0,
      heartbeat: { last_tick_at: expect.stringMatching(/Z$/), late: false },
    });
  });

  it.each([
    [['--open'], [two]],
    [['--state', 'rejected,parked'], [one]],
    [['--state', 'parked'], []],
    [['move-cache'], []],
    [['import-*'], [two, one]],
    [['*-a', '--state', 'running'], [two]],
    [['*-a', '--open'], [two]],
    [['move-*'], []],
    [['--limit', '1', '--state', 'running'], [two]],
  ])('%j lists only those', async (args, expected) => {
    await refuse();
    await deliver('import-a', TWO);

    const { code, stdout } = await project.runs('list', '--json', ...args);

    expect([code, JSON.parse(stdout).runs.map(({ run }: { run: string }) => run)]).toEqual([0, expected]);
  });

  it('says how many runs it did not read', async () => {
    await refuse();
    await deliver('import-a', TWO);

    const { stdout, stderr } = await project.runs('list', '--limit', '1');

    expect([stdout.trimEnd().split('\n').length, stderr]).toEqual([2, '1 more not read; raise --limit 1\n']);
  });

  it('lists by a pattern the runs of jobs that are no longer in the file, and of no other', async () => {
    await deliver();
    await deliver('import-b', landed('b/one.rdb'));
    await writeFile(
      path.join(project.folder, 'migrations.yml'),
      (await readFile(path.join(project.folder, 'migrations.yml'), 'utf8')).replace('  import-b:', '  import-c:'),
    );

    const { code, stdout } = await project.runs('list', '*-b', '--json');

    expect([code, JSON.parse(stdout).runs.map(({ job }: { job: string }) => job)]).toEqual([0, ['import-b']]);
  });

  it('shows with a pattern the pauses, sets and unreadable records of matching jobs only', async () => {
    await deliver();
    await project.simulation.store.append(`runs/import-b/${'f'.repeat(32)}`, 0, 'no record\n');
    await runCommand(['pause', 'import-b'], { cwd: project.folder });
    await runCommand(['pause', 'move-cache'], { cwd: project.folder });

    const a = await project.runs('list', 'import-a*', '--json');
    const b = await project.runs('list', '*-b', '--json');

    expect([a.code, a.stderr, JSON.parse(a.stdout).pauses]).toEqual([0, '', undefined]);
    expect([b.code, JSON.parse(b.stdout).pauses]).toEqual([1, [expect.objectContaining({ job: 'import-b' })]]);
  });

  it('notes that the jobs file has no such job, and still lists its runs', async () => {
    await deliver();

    const unknown = await project.runs('list', 'import-aa');
    const known = await project.runs('list', 'import-a');

    expect([unknown.code, unknown.stdout]).toEqual([0, '']);
    expect(unknown.stderr).toMatch(
      /migrations\.yml has no job import-aa; did you mean "import-a"\?\nno runs and no open sets\n$/,
    );
    expect([known.code, known.stderr]).toEqual([0, '']);
  });

  it('reports that there are none, and prints no result', async () => {
    await mkdir(path.join(project.folder, '.local/ledger'), { recursive: true });

    expect(await project.runs('list')).toEqual({ code: 0, stdout: '', stderr: 'no runs and no open sets\n' });
  });

  it('lists the others if one cannot be read, and exits with 1', async () => {
    await deliver();
    await project.simulation.store.append(`runs/import-a/${'f'.repeat(32)}`, 0, 'no record\n');

    const { code, stdout, stderr } = await project.runs('list');

    expect([code, stdout]).toEqual([1, expect.stringContaining(one.slice(0, 12))]);
    expect(stderr).toContain(`job import-a, run ${'f'.repeat(32)}`);
    expect(stderr).toMatch(
      /line 1 is not a record; .*; look for its task .*see "A record cannot be read" in docs\/runbook\.md\n$/,
    );
  });

  it('lists what reconcile could not read, open or not, of any age, and exits with 1', async () => {
    const since = Date.parse('2026-03-01T00:00:00Z');
    const why = 'ledger runs/import-a/bad: line 1 is not a record; it was damaged, or something else wrote it';
    const object = { bucket: 'backups', key: 'a/lost.rdb' };
    await project.simulation.store.put('open-unreadable/import-a/bad', JSON.stringify({ since, why, object }));

    const listed = await project.runs('list', '--open');
    const json = await project.runs('list', 'import-a', '--json');
    const other = await project.runs('list', 'import-b');

    expect([listed.code, listed.stdout]).toEqual([1, '']);
    expect(listed.stderr).toContain(`error job import-a, run bad: ${why}; look for its task`);
    expect(JSON.parse(json.stdout).unreadable).toEqual([
      { job: 'import-a', run: 'bad', since: '2026-03-01T00:00:00.000Z', why, source: 'obs://backups/a/lost.rdb' },
    ]);
    expect(other.code).toBe(0);
  });
});

describe('npx migrations runs show', () => {
  it('shows the whole history with its authors, and the next steps, without secrets', async () => {
    await park();

    const { code, stdout } = await project.runs('show', 'import-a', one.slice(0, 6));

    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^import-a ${one}\n  State        parked\n  Why          parked, an operator`));
    expect(stdout).toMatch(new RegExp(`\n  Task name    \\S+-${one.slice(0, 12)}\n`));
    expect(stdout).toMatch(/Z {2}received {2}obs:\/\/backups\/a\/one\.rdb {2,}by invocation-1\n/);
    expect(stdout).toMatch(/Z {2}intent {4}until 2/);
    expect(stdout).toContain(`    npx migrations runs resolve import-a ${one} try-again\n`);
    expect(stdout).not.toContain(PASSWORD);
    expect(stdout).not.toContain('CACHE_PASSWORD');
  });

  it('has columns for time, event, subject and author, and no name to look for once the task is known', async () => {
    await deliver();

    const { stdout } = await project.runs('show', 'import-a', one);

    const steps = stdout.split('\n').filter((step) => step.includes(' by invocation-'));
    expect(steps.length).toBeGreaterThan(3);
    expect(new Set(steps.map((step) => step.indexOf(' by invocation-'))).size).toBe(1);
    expect(stdout).not.toContain('Task name');
  });

  it('prints everything with --json', async () => {
    await deliver();

    const { stdout } = await project.runs('show', 'import-a', one, '--json', '--local');

    expect(JSON.parse(stdout)).toMatchObject({
      job: 'import-a',
      run: one,
      state: 'running',
      source: 'obs://backups/a/one.rdb',
      origin: { region: 'ap-southeast-3', stage: 'local' },
      task: { id: 'task-1' },
      history: expect.arrayContaining([expect.objectContaining({ event: 'intent', by: 'invocation-1' })]),
      next: [
        { command: `npx migrations runs watch import-a ${one} --local`, what: 'watch its progress' },
        { command: `npx migrations runs cancel import-a ${one} --local`, what: expect.any(String) },
        { command: `npx migrations runs forget import-a ${one} --why "..." --local`, what: expect.any(String) },
      ],
    });
  });

  it('prints with --json the whole record for a ticket, without secrets, and each of its members is documented', async () => {
    await deliver();
    await project.simulation.settle();
    const { stdout } = await project.runs('show', 'import-a', one, '--json');
    const shown = JSON.parse(stdout);
    const { text } = await project.simulation.store.read(`runs/import-a/${one}`);
    const runbook = await readFile(path.join(__dirname, '../../../../docs/runbook.md'), 'utf8');
    const documented = runbook.slice(runbook.indexOf('## A ticket')).split('\n## ')[0] ?? '';

    expect(shown.format).toBe(1);
    expect(shown.records).toEqual(
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    );
    expect(shown.received).toMatchObject({ type: 'received', given: { key: 'a/one.rdb' } });
    expect(shown.task_snapshots).toMatchObject([
      { event: 'created', kind: 'backup_import', id: 'task-1' },
      { event: 'settled', id: 'task-1', status: 'SUCCESS' },
    ]);
    expect(shown.links).toMatchObject({ ledger: `runs/import-a/${one}`, lane: expect.stringMatching(/^dcs-/) });
    expect(stdout).not.toContain(PASSWORD);
    expect(Object.keys(shown).filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
  });

  it('shows the warnings of preflight', async () => {
    await refuse();
    const name = `runs/import-a/${one}`;
    const { text } = await project.simulation.store.read(name);
    const warnings = ['backup_files: no such object'];
    const prepared = { id: 'x', at: 0, by: 'x', type: 'prepared', body: {}, warnings };
    await project.simulation.store.append(name, Buffer.byteLength(text), `${JSON.stringify(prepared)}\n`);

    const { stdout } = await project.runs('show', 'import-a', one);
    const json = await project.runs('show', 'import-a', one, '--json');

    expect(stdout).toContain('\n  Warning      backup_files: no such object\n');
    expect(JSON.parse(json.stdout)).toMatchObject({ warnings });
  });

  it('shows no control characters in a key', async () => {
    const odd = landed('a/one\u001b[2Jtwo\nthree.rdb');
    await deliver('import-a', odd);

    const { stdout } = await project.runs('show', 'import-a', runOf('import-a', odd));

    expect(stdout).toContain('a/one [2Jtwo three.rdb');
  });

  it('asks for more digits if a prefix is ambiguous', async () => {
    await deliver();
    const { text } = await project.simulation.store.read(`runs/import-a/${one}`);
    const other = `${one.slice(0, 8)}${'0'.repeat(24)}`;
    await project.simulation.store.append(`runs/import-a/${other}`, 0, text);

    const { code, stderr } = await project.runs('show', 'import-a', one.slice(0, 8));

    expect([code, stderr]).toEqual([2, expect.stringContaining('give more digits')]);
    expect((await project.runs('show', 'import-a', one.slice(0, 9))).code).toBe(0);
  });
});

describe('npx migrations runs watch', () => {
  it.each([
    ['0 when it succeeded', async () => void (await deliver().then(() => project.simulation.settle())), 0, 'succeeded'],
    ['1 when it was refused', async () => refuse(), 1, 'rejected'],
    ['1 when it waits for an operator', async () => park(), 1, 'parked'],
  ])('exits with %s', async (_how, happen, expected, state) => {
    await happen();

    const { code, stdout, stderr } = await project.runs('watch', 'import-a', one.slice(0, 8), '--json');

    expect(code).toBe(expected);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ run: one, state }]);
    expect(stderr).toContain('only the ledger is read, not the cloud');
  });

  it('exits with 0 if the task is no longer followed', async () => {
    await deliver('move-cache', ticked());

    const { code, stdout, stderr } = await project.runs('watch', 'move-cache', move);

    expect([code, stdout]).toEqual([0, expect.stringContaining('created')]);
    expect(stderr).toContain('no longer followed');
  });
});

describe('npx migrations runs replay', () => {
  it('records a new run, which reconcile processes, and links the two', async () => {
    await refuse();

    const { code, stdout, stderr } = await project.runs('replay', 'import-a', one.slice(0, 8), '--yes', '--json');
    await project.simulation.reconcile();

    const [{ run }] = JSON.parse(stdout).replays;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      dry_run: false,
      replays: [
        {
          job: 'import-a',
          run: expect.stringMatching(/^[0-9a-f]{32}$/),
          replay_of: one,
          number: 1,
          source: expect.stringContaining('obs://backups/a/one.rdb, replay 1 of run'),
          outcome: 'recorded',
        },
      ],
      refused: [],
    });
    expect(stderr).toContain(`npx migrations runs watch import-a ${run}`);
    expect(project.simulation.cloud.tasks.map(({ name }) => name)).toEqual([`import-a-${run.slice(0, 12)}`]);
    const old = JSON.parse((await project.runs('show', 'import-a', one, '--json')).stdout);
    const fresh = JSON.parse((await project.runs('show', 'import-a', run, '--json')).stdout);
    expect([old.replayed_as, fresh.replay_of]).toEqual([[run], one]);
  });

  it('returns the same run when repeated', async () => {
    await refuse();
    const first = JSON.parse((await project.runs('replay', 'import-a', one, '--yes', '--json')).stdout);

    const again = await project.runs('replay', 'import-a', one, '--json');

    expect([again.code, JSON.parse(again.stdout).replays[0]]).toEqual([
      0,
      { ...first.replays[0], outcome: 'existing' },
    ]);
  });

  it.each([
    ['says with --dry-run what it would record', ['--dry-run'], 0, 'would be recorded: replay 1 of job import-a'],
    ['asks, and records nothing if nobody can answer', [], 2, ''],
  ])('%s', async (_what, more, code, said) => {
    await refuse();
    const before = await project.simulation.ledgerText();

    const end = await project.runs('replay', 'import-a', one, ...more);

    expect(end.code).toBe(code);
    expect(end.stdout).toContain(said);
    expect(await project.simulation.ledgerText()).toBe(before);
  });

  it('refuses an open run with 3, and says what to do', async () => {
    await deliver();

    const { code, stderr } = await project.runs('replay', 'import-a', one, '--yes');

    expect([code, stderr]).toEqual([3, expect.stringContaining('wait for it, or resolve, park or forget it')]);
  });

  it('replays a succeeded run only with --even-succeeded', async () => {
    await deliver();
    await project.simulation.settle();

    const refused = await project.runs('replay', 'import-a', one, '--yes');
    const done = await project.runs('replay', 'import-a', one, '--yes', '--even-succeeded');

    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('--even-succeeded')]);
    expect(done.code).toBe(0);
  });

  it('refuses if the job is no longer in the jobs file', async () => {
    await refuse();
    const yaml = await readFile(path.join(project.folder, 'migrations.yml'), 'utf8');
    const jobs = yaml.replace('  import-a:', '  import-c:');
    await writeFile(path.join(project.folder, 'other.yml'), jobs);

    const { code, stderr } = await project.runs('replay', 'import-a', one, '--yes', '--jobs', 'other.yml');

    expect([code, stderr]).toEqual([3, expect.stringContaining('the jobs file no longer has a job import-a')]);
  });

  it('replays all recently rejected runs once, except those that a person gave up', async () => {
    await refuse();
    await refuse('import-b', landed('b/one.rdb'));
    await giveUp();
    const args = ['replay', '--rejected', '--since', '2h', '--yes', '--json'];

    const first = await project.runs(...args);
    const again = await project.runs(...args);

    expect(first.code).toBe(0);
    expect(
      JSON.parse(first.stdout)
        .replays.map((row: { replay_of: string }) => row.replay_of)
        .sort(),
    ).toEqual([one, runOf('import-b', landed('b/one.rdb'))].sort());
    expect([again.code, JSON.parse(again.stdout).replays]).toEqual([0, []]);
    expect(again.stderr).toContain('no runs to replay');
  });

  /** A run that a person gave up. */
  async function giveUp(): Promise<void> {
    const other = landed('a/given-up.rdb', 2);
    project.simulation.cloud.failNextCreate('not_done_500');
    await deliver('import-a', other);
    await project.runs('resolve', 'import-a', runOf('import-a', other), 'give-up', '--why', 'obsolete', '--yes');
  }

  it('replays by a pattern the rejected runs of matching jobs, after asking once with their list', async () => {
    await refuse();
    await refuse('import-a', TWO);
    await refuse('import-b', landed('b/one.rdb'));
    const before = await project.simulation.ledgerText();

    const unasked = await project.runs('replay', '*-a', '--rejected');
    expect([unasked.code, await project.simulation.ledgerText()]).toEqual([2, before]);
    expect(unasked.stderr).toContain('Replay these 2 runs?');
    for (const run of [one, two])
      expect(unasked.stderr).toContain(`will be recorded: replay 1 of job import-a, run ${run}`);
    const done = await project.runs('replay', '*-a', '--rejected', '--yes', '--json');
    expect(
      JSON.parse(done.stdout)
        .replays.map((row: { replay_of: string }) => row.replay_of)
        .sort(),
    ).toEqual([one, two].sort());
  });

  it('replays what it can, explains the others, and exits with 1', async () => {
    await refuse();
    await refuse('import-b', landed('b/one.rdb'));
    const name = `runs/import-b/${runOf('import-b', landed('b/one.rdb'))}`;
    const { text } = await project.simulation.store.read(name);
    await project.simulation.store.remove(name);
    await project.simulation.store.append(name, 0, text.replace('"given":', '"was":'));

    const { code, stdout, stderr } = await project.runs('replay', '--rejected', '--yes', '--json');

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      replays: [{ replay_of: one }],
      refused: [{ job: 'import-b', reason: { code: 'no_trigger' } }],
    });
    expect(stderr).toContain('not replayed');
  });
});

describe('npx migrations runs forget', () => {
  const why = ['--why', 'the cache was dropped'];

  it('stops following, shows what is left, and records who and why', async () => {
    await deliver();

    const { code, stdout } = await project.runs('forget', 'import-a', one, ...why, '--yes');

    expect([code, stdout]).toEqual([0, expect.stringContaining('(task-1) is left alone')]);
    const shown = JSON.parse((await project.runs('show', 'import-a', one, '--json')).stdout);
    expect(shown).toMatchObject({
      state: 'forgotten',
      reason: { message: 'forgotten by an operator: the cache was dropped' },
    });
    expect(await project.simulation.openCount()).toBe(0);
  });

  it.each([
    ['says with --dry-run what it would leave', ['--dry-run', '--json'], 0],
    ['asks, and changes nothing if nobody can answer', [], 2],
  ])('%s', async (_what, more, code) => {
    await deliver();
    const before = await project.simulation.ledgerText();

    const end = await project.runs('forget', 'import-a', one, ...why, ...more);

    expect(end.code).toBe(code);
    if (code === 0) expect(JSON.parse(end.stdout)).toMatchObject({ dry_run: true, run: one, may_have_task: true });
    expect(await project.simulation.ledgerText()).toBe(before);
  });

  it('refuses ended runs with 3', async () => {
    await refuse();

    const { code, stderr } = await project.runs('forget', 'import-a', one, ...why, '--yes');

    expect([code, stderr]).toEqual([3, expect.stringContaining('the run has ended (rejected)')]);
  });
});

describe('npx migrations runs resolve --code', () => {
  const other = landed('b/one.rdb');
  const three = runOf('import-b', other);
  /** Three runs that waited six hours for a right. */
  async function parkThree(): Promise<void> {
    const { simulation } = project;
    for (let i = 0; i < 20; i++) simulation.cloud.failNextCreate('denied');
    await deliver();
    await deliver('import-a', TWO);
    await deliver('import-b', other);
    for (let ticks = 0; ticks < 3; ticks++) {
      simulation.advance(7 * HOUR);
      await simulation.reconcile();
    }
    simulation.cloud.clearFaults();
    simulation.now = Date.now();
  }
  const shown = async (job: string, run: string) => JSON.parse((await project.runs('show', job, run, '--json')).stdout);

  it('resumes all runs that were parked with that code, and lists them', async () => {
    await parkThree();
    const before = await project.simulation.ledgerText();

    expect(await shown('import-a', one)).toMatchObject({
      state: 'parked',
      reason: { code: 'parked', cause: 'DCS.2007' },
    });
    const dry = await project.runs('resolve', '--code', 'DCS.2007', 'try-again', '--dry-run', '--json');
    const unasked = await project.runs('resolve', '--code', 'DCS.2007', 'try-again');
    expect(await project.simulation.ledgerText()).toBe(before);
    const done = await project.runs('resolve', '--code', 'DCS.2007', 'try-again', '--yes', '--json');
    const again = await project.runs('resolve', '--code', 'DCS.2007', 'try-again', '--yes', '--json');
    await project.simulation.settle(4);

    const names = (end: { stdout: string }) =>
      JSON.parse(end.stdout)
        .resolved.map(({ job, run }: { job: string; run: string }) => `${job}/${run}`)
        .sort();
    const all = [`import-a/${one}`, `import-a/${two}`, `import-b/${three}`].sort();
    expect([dry.code, unasked.code, done.code, again.code]).toEqual([0, 2, 0, 0]);
    expect([names(dry), names(done), names(again)]).toEqual([all, all, []]);
    expect(JSON.parse(dry.stdout)).toMatchObject({
      dry_run: true,
      code: 'DCS.2007',
      decision: 'try_again',
      skipped: [],
    });
    expect(again.stderr).toContain('no run is parked with DCS.2007');
    expect(project.simulation.cloud.tasks.length).toBeGreaterThan(1);
  });

  it('leaves runs with other codes or of other jobs, and those that a person parked', async () => {
    await parkThree();
    await project.runs('park', 'import-a', two, '--why', 'being checked', '--yes');

    const none = await project.runs('resolve', '--code', 'DCS.2003', 'try-again', '--yes', '--json');
    const some = await project.runs('resolve', '*-a', '--code', 'DCS.2007', 'try-again', '--yes');

    expect([none.code, JSON.parse(none.stdout).resolved]).toEqual([0, []]);
    expect([some.code, some.stdout]).toEqual([0, `recorded for job import-a, run ${one}: try again\n`]);
    expect((await shown('import-b', three)).state).toBe('parked');
    expect((await shown('import-a', two)).reason.message).toBe('parked by an operator: being checked');
  });
});

describe('npx migrations runs run-now', () => {
  const waiting = landed('b/two.rdb', 1);
  const run = runOf('import-b', waiting);
  const runNow = (...more: readonly string[]) => project.runs('run-now', 'import-b', run.slice(0, 8), ...more);
  beforeEach(async () => {
    // A window of the limit has 30 minutes: this is the beginning of one.
    project.simulation.now = Math.floor(Date.now() / HOUR) * HOUR - HOUR;
    await deliver('import-b', landed('b/one.rdb'));
    for (let i = 0; i < 3; i++) {
      project.simulation.advance(6 * 60_000);
      await project.simulation.reconcile();
    }
    await deliver('import-b', waiting);
  });

  it('records the decision once, and the run shows who made it and why', async () => {
    const before = await project.simulation.ledgerText();
    const unasked = await runNow('--why', 'the demo');
    const blank = await runNow('--why', ' ', '--yes');
    expect([unasked.code, blank.code, await project.simulation.ledgerText()]).toEqual([2, 2, before]);

    const done = await runNow('--why', 'the demo', '--yes');
    const again = await runNow('--why', 'the demo', '--yes', '--json');

    expect([done.code, done.stdout]).toEqual([
      0,
      `recorded for job import-b, run ${run}: it starts at the next tick of reconcile: npx migrations runs watch import-b ${run}\n`,
    ]);
    expect([again.code, JSON.parse(again.stdout)]).toEqual([0, { job: 'import-b', run, run_now: 'existing' }]);
    expect((await project.runs('show', 'import-b', run)).stdout).toMatch(
      /run_now +run_now: started beyond its limit by an operator: the demo +by /,
    );
    await project.simulation.settle();
    expect(project.simulation.cloud.tasks).toHaveLength(2);
  });

  it('refuses with 3 a run that does not wait for its limit', async () => {
    await deliver();
    const { code, stderr } = await project.runs('run-now', 'import-a', one, '--why', 'x', '--yes');

    expect([code, stderr]).toEqual([3, expect.stringContaining('the run has ended (created)')]);
  });
});

describe('npx migrations runs park and resolve', () => {
  const waits = async () => {
    await deliver();
    await deliver('import-a', TWO);
  };

  it('hold a run back, and resume it', async () => {
    await waits();

    const parked = await project.runs('park', 'import-a', two, '--why', 'being checked', '--yes');
    await project.simulation.settle(4);
    const shown = JSON.parse((await project.runs('show', 'import-a', two, '--json')).stdout);
    const resolved = await project.runs('resolve', 'import-a', two, 'try-again', '--yes', '--json');
    await project.simulation.settle();

    expect([parked.code, shown.state, shown.reason.message]).toEqual([
      0,
      'parked',
      'parked by an operator: being checked',
    ]);
    expect([resolved.code, JSON.parse(resolved.stdout)]).toEqual([
      0,
      { job: 'import-a', run: two, decision: 'try_again' },
    ]);
    expect(project.simulation.cloud.tasks).toHaveLength(2);
  });

  it('take the task that a person found', async () => {
    await park();

    const { code } = await project.runs('resolve', 'import-a', one, 'task', 'task-9', '--yes');

    expect(code).toBe(0);
    const shown = JSON.parse((await project.runs('show', 'import-a', one, '--json')).stdout);
    expect(shown.task).toMatchObject({ id: 'task-9' });
  });

  it('ask, and change nothing if nobody can answer', async () => {
    await waits();
    const before = await project.simulation.ledgerText();

    const parked = await project.runs('park', 'import-a', two, '--why', 'being checked');
    const resolved = await project.runs('resolve', 'import-a', two, 'give-up', '--why', 'obsolete');

    expect([parked.code, resolved.code]).toEqual([2, 2]);
    expect(await project.simulation.ledgerText()).toBe(before);
  });

  it('refuse with 3 a run that has its task, and one that is not parked', async () => {
    await waits();

    const parked = await project.runs('park', 'import-a', one, '--why', 'being checked', '--yes');
    const resolved = await project.runs('resolve', 'import-a', two, 'try-again', '--yes');

    expect([parked.code, parked.stderr]).toEqual([3, expect.stringContaining('its task exists')]);
    expect([resolved.code, resolved.stderr]).toEqual([3, expect.stringContaining('the run is not parked')]);
  });
});

it('works with the ledger that MIGRATIONS_LEDGER_FOLDER names', async () => {
  await deliver();
  const env = { MIGRATIONS_LEDGER_FOLDER: path.join(project.folder, '.local/ledger') };

  const { code, stdout } = await runBin(['runs', 'list'], { cwd: project.folder, env });

  expect([code, stdout]).toEqual([0, expect.stringContaining(one.slice(0, 12))]);
});

describe('npx migrations runs lanes', () => {
  const LANE = 'dcs-d2c8399f-bdba-43c1-8069-3ff17a1a79d5';

  it('reports that all targets are free', async () => {
    await deliver('move-cache', ticked());

    const { code, stdout, stderr } = await project.runs('lanes');

    expect([code, stdout, stderr]).toEqual([0, '', expect.stringContaining('all targets are free (0 lanes)')]);
  });

  it('shows who has the turn, and who waits', async () => {
    await deliver();
    await deliver('import-a', TWO);

    const { code, stdout } = await project.runs('lanes');

    expect(code).toBe(0);
    expect(stdout).toBe([LANE, `  has the turn  import-a  ${one}`, `  waits         import-a  ${two}`, ''].join('\n'));
    expect((await project.runs('lanes', 'sms-nothing')).stdout).toBe('sms-nothing\n  free\n');
  });

  it('reports a damaged lane, exits with 1, and repairs it once confirmed', async () => {
    const list = `lanes/target/${LANE}/000001`;
    await deliver();
    const { position } = await project.simulation.store.read(list);
    await project.simulation.store.append(list, position, 'half a line');

    const shown = await project.runs('lanes', LANE);
    const planned = await project.runs('lanes', 'repair', LANE, '--dry-run', '--json');
    const asked = await project.runs('lanes', 'repair', LANE);
    const repaired = await project.runs('lanes', 'repair', LANE, '--yes');

    expect([shown.code, shown.stdout]).toEqual([1, expect.stringContaining('damaged')]);
    expect([planned.code, JSON.parse(planned.stdout)]).toEqual([
      0,
      {
        dry_run: true,
        lane: LANE,
        damaged_lines: 1,
        kept: [{ job: 'import-a', run: one }],
        holder: one,
        removed: [],
      },
    ]);
    expect(asked.code).toBe(2);
    expect([repaired.code, repaired.stdout]).toEqual([0, `repaired lane ${LANE}\n`]);
    expect((await project.runs('lanes')).stdout).toContain('has the turn');
    expect((await project.runs('lanes', 'repair', LANE)).stdout).toContain('nothing to repair');
  });
});
