import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openConsole } from '../../../../lib/cli/console/open-console.ts';
import { choosePlace } from '../../../../lib/cli/place.ts';
import { errorLog } from '../../../../lib/cli/runs/live-services.ts';
import { makeObsLedgerStore } from '../../../../lib/cloud/obs/obs-ledger-store.ts';
import { type LocalCloud, startLocalCloud } from '../../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { Watcher } from '../../../fixtures/console-system.ts';
import { makeProjectWithRuns, type ProjectWithRuns, runOf } from '../../../fixtures/project-with-runs.ts';
import { runBin } from '../../../fixtures/run-bin.ts';
import { runCommand } from '../../../fixtures/run-command.ts';
import { landed } from '../../../simulation/jobs.ts';
import { Simulation } from '../../../simulation/simulation.ts';

const ROLES = readFileSync(join(import.meta.dirname, '../../../../docs/roles.md'), 'utf8');
const SECRET_KEY = 'local-secret-7Uio6PznpdUKGpownRZlmVmHc';
const keys = { accessKey: 'LOCALAK', secretKey: SECRET_KEY, securityToken: 'local-token' };
const account = {
  ...keys,
  projectId: '0123456789abcdef0123456789abcdef',
  domainId: 'fedcba9876543210fedcba9876543210',
};
const ONE = landed('a/one.rdb');
const one = runOf('import-a', ONE);

/** The keys open nothing but OBS: the ledger is all that these commands need. */
describe('npx migrations runs, with a ledger in OBS', () => {
  let cloud: LocalCloud;
  let project: ProjectWithRuns;
  let simulation: Simulation;

  beforeEach(async () => {
    cloud = await startLocalCloud({ accounts: [account], obs: { buckets: [{ name: 'ops-ledger' }] } });
    project = await makeProjectWithRuns();
    const store = makeObsLedgerStore({
      endpoint: cloud.obsUrl,
      bucket: 'ops-ledger',
      prefix: 'migrations/',
      credentials: keys,
      remainingMs: () => 60_000,
    });
    simulation = new Simulation({
      sabotage: () => store,
      origin: { region: 'ap-southeast-3', project: account.projectId, stage: 'dev' },
    });
    simulation.now = Date.now();
  });
  afterEach(async () => {
    await cloud.close();
    await project.remove();
  });

  const env = () => ({
    HUAWEICLOUD_SDK_AK: keys.accessKey,
    HUAWEICLOUD_SDK_SK: keys.secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: keys.securityToken,
    HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl,
  });
  const runs = (...args: readonly string[]) => runCommand(['runs', ...args], { cwd: project.folder, env: env() });

  it('lists with one request for each limit, and none for the heartbeat: it is read with the pauses', async () => {
    await simulation.deliver(project.jobs, 'import-a', ONE);
    await simulation.reconcile();
    const requests = async (...args: readonly string[]) => {
      const before = cloud.requests.length;
      await runs('list', ...args);
      return cloud.requests.slice(before).map(({ operation, url }) => {
        const { pathname, searchParams } = new URL(url, cloud.obsUrl);
        const name = searchParams.get('prefix') ?? pathname.replace('/ops-ledger/', '');
        return `${operation} ${name.replace(/^migrations\//, '').replace(/\d+-\d+-\d+$/, '#')}`;
      });
    };

    expect(await requests('import-a')).toEqual([
      'ListObjects open/import-a/',
      'ListObjects runs/import-a/',
      `GetObject runs/import-a/${one}`,
      'ListObjects open-unreadable/import-a/',
      'ListObjects open-sets/import-a/',
      'GetObject control/state/#',
      'GetObject lanes/job/import-a/#',
    ]);
    const limits = (await requests()).filter((request) => request.includes('lanes/job/'));
    expect(limits).toHaveLength(project.jobs.jobs.size);
  });

  it('lists, shows, replays and forgets', async () => {
    simulation.cloud.failNextCreate('refused');
    await simulation.deliver(project.jobs, 'import-a', ONE);

    // With the bin itself: a connection to OBS that is kept must not keep the process.
    const listed = await runBin(['runs', 'list'], { cwd: project.folder, env: env() });
    expect(listed.stdout).toMatch(new RegExp(`import-a {2}${one} {2}rejected`));
    expect((await runs('show', 'import-a', one.slice(0, 6))).stdout).toContain('State        rejected');
    const replayed = await runs('replay', '--rejected', '--since', '2h', '--yes', '--json');
    expect(replayed).toMatchObject({ code: 0, stderr: expect.stringContaining('reconcile has never run') });
    const [{ run }] = JSON.parse(replayed.stdout).replays;
    await simulation.reconcile();
    expect(simulation.cloud.tasks.map(({ name }) => name)).toEqual([`import-a-${run.slice(0, 12)}`]);
    expect((await runs('forget', 'import-a', run, '--why', 'a test', '--yes')).code).toBe(0);
    expect((await runs('list', '--open', '--json')).stdout).toContain('"runs": []');
  }, 30_000);

  it('shows to which environment a run belongs, and refuses with 3 to change one of another stage', async () => {
    const two = landed('a/two.rdb', 2);
    simulation.cloud.failNextCreate('refused');
    await simulation.deliver(project.jobs, 'import-a', two);
    const run = runOf('import-a', two);
    const asStaging = (...args: readonly string[]) =>
      runCommand([...args], { cwd: project.folder, env: { ...env(), MIGRATIONS_STAGE: 'staging' } });
    const whose = `region ap-southeast-3, project ${account.projectId}, stage dev`;

    expect((await asStaging('runs', 'list')).stdout).toContain(`[of ${whose}]`);
    expect((await runs('list')).stdout).not.toContain('stage dev');
    expect((await asStaging('runs', 'show', 'import-a', run)).stdout).toContain(`Belongs to   ${whose}`);
    for (const args of [
      ['replay', 'import-a', run, '--yes'],
      ['park', 'import-a', run, '--why', 'a test', '--yes'],
      ['forget', 'import-a', run, '--why', 'a test', '--yes'],
      ['resolve', 'import-a', run, 'try-again', '--yes'],
    ]) {
      const { code, stdout, stderr } = await asStaging('runs', ...args);
      expect({ args, code, stdout }).toEqual({ args, code: 3, stdout: '' });
      expect(stderr).toContain(`it belongs to ${whose}, and this is region ap-southeast-3, stage staging`);
    }
  }, 60_000);

  it('refuses to pause and to resume if another stage has paused', async () => {
    expect((await runCommand(['pause'], { cwd: project.folder, env: env() })).code).toBe(0);

    for (const command of ['pause', 'resume']) {
      const { code, stderr } = await runCommand([command], {
        cwd: project.folder,
        env: { ...env(), MIGRATIONS_STAGE: 'staging' },
      });
      expect([code, stderr]).toEqual([3, expect.stringContaining('ledger control/state: it belongs to region')]);
    }
    expect((await runCommand(['resume'], { cwd: project.folder, env: env() })).code).toBe(0);
  }, 30_000);

  it('exits 3 when the keys are refused, and shows none of them', async () => {
    const { code, stdout, stderr } = await runCommand(['runs', 'list', '--cloud'], {
      cwd: project.folder,
      env: { HUAWEICLOUD_SDK_AK: 'OTHERAK', HUAWEICLOUD_SDK_SK: SECRET_KEY, HUAWEICLOUD_OBS_ENDPOINT: cloud.obsUrl },
    });

    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('ledger');
    expect(stderr).not.toContain(SECRET_KEY);
  });

  describe('with the rights of docs/roles.md', () => {
    /** The rows on OBS of a section, as statements. */
    const rightsOf = (role: string) =>
      (ROLES.split(`\n## ${role}\n`)[1]?.split('\n## ')[0] ?? '')
        .split('\n')
        .filter((line) => line.startsWith('| `obs:'))
        .map((line) => {
          const [, actions = '', resource = ''] = line.split('|').map((cell) => cell.trim());
          const place = resource
            .slice(1, -1)
            .replace('<LEDGER_BUCKET>', 'ops-ledger')
            .replace('<LEDGER_PREFIX>', 'migrations/');
          return { actions: [...actions.matchAll(/`([^`]+)`/g)].map(([, action = '']) => action), resources: [place] };
        });
    const codes = async (...commands: readonly string[]) => {
      const ends: (number | null)[] = [];
      for (const line of commands) {
        const end = await runCommand(line.split(' '), { cwd: project.folder, env: env() });
        ends.push(end.code);
      }
      return ends;
    };
    const READING = ['runs list', `runs show import-a ${one}`, 'runs lanes'];

    beforeEach(async () => {
      simulation.cloud.failNextCreate('refused');
      await simulation.deliver(project.jobs, 'import-a', ONE);
    });

    it('a viewer reads runs, and decides nothing', async () => {
      cloud.grant(rightsOf('Viewer'));

      expect(await codes(...READING)).toEqual([0, 0, 0]);
      expect(
        await codes('pause', `runs replay import-a ${one} --yes`, `runs forget import-a ${one} --why test --yes`),
      ).toEqual([3, 3, 3]);
    }, 30_000);

    it('a viewer opens the console, and needs no other right for it', async () => {
      cloud.grant(rightsOf('Viewer'));
      const options = { port: 0, cloud: true };
      const place = () => choosePlace(options, env(), project.folder);
      const log = errorLog({ note: () => undefined });
      const page = await openConsole(options, { env: env(), cwd: project.folder, place, log });

      const watcher = await Watcher.open(page.url);
      const { places, runs } = await watcher.next('snapshot');
      watcher.close();
      await page.close();

      expect(runs).toMatchObject([{ run: one }]);
      expect(places[0]).not.toHaveProperty('trouble');
    }, 30_000);

    it('a viewer needs each of these rights', async () => {
      const [get, list] = rightsOf('Viewer');
      cloud.grant(get ? [get] : []);
      expect(await codes('runs list')).toEqual([3]);
      cloud.grant(list ? [list] : []);
      expect(await codes(`runs show import-a ${one}`)).toEqual([3]);
    }, 30_000);

    it('an operator decides, too', async () => {
      cloud.grant([...rightsOf('Viewer'), ...rightsOf('Operator')]);

      expect(await codes(...READING)).toEqual([0, 0, 0]);
      expect(await codes('pause', 'resume', `runs replay import-a ${one} --yes`)).toEqual([0, 0, 0]);
    }, 30_000);
  });
});
