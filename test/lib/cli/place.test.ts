import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { choosePlace } from '../../../lib/cli/place.ts';
import { writeSystemFile } from '../../../lib/local-system/system-file.ts';

const KEYS = { HUAWEICLOUD_SDK_AK: 'AK', HUAWEICLOUD_SDK_SK: 'SK' };
const SYSTEM = {
  pid: process.pid,
  project_id: '0605767a3300d5762fb7c0186d9e1779',
  region: 'ap-southeast-3',
  jobs_file: '/somewhere/examples.yml',
  cloud_url: 'http://127.0.0.1:1',
  obs_url: 'http://127.0.0.1:2',
  gateway_url: 'http://127.0.0.1:3',
  keys: { access_key: 'LOCAL', secret_key: 'B', security_token: 'C' },
  token: 'tok',
};

describe('choosePlace', () => {
  let cwd: string;
  const start = () => writeSystemFile(path.join(cwd, '.local'), SYSTEM);

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'place-'));
    await mkdir(path.join(cwd, '.local'));
    await writeFile(path.join(cwd, 'migrations.yml'), '');
  });
  afterEach(() => rm(cwd, { recursive: true, force: true }));

  it('chooses the running local system, with its jobs file, endpoints and keys', async () => {
    await start();

    const { kind, jobsFile, settings } = await choosePlace({}, {}, cwd);

    expect([kind, jobsFile]).toEqual(['local', '/somewhere/examples.yml']);
    expect(settings).toMatchObject({ HUAWEICLOUD_SDK_AK: 'LOCAL', HUAWEICLOUD_DCS_ENDPOINT: 'http://127.0.0.1:1' });
  });

  it('chooses the running local system even if there are keys, so that nothing real is changed by mistake', async () => {
    await start();

    expect((await choosePlace({}, KEYS, cwd)).kind).toBe('local');
  });

  it('chooses the cloud if there are keys and nothing is running here', async () => {
    expect((await choosePlace({}, KEYS, cwd)).kind).toBe('cloud');
  });

  it('chooses the cloud for --cloud, even if a local system is running', async () => {
    await start();

    const { kind, system } = await choosePlace({ cloud: true }, KEYS, cwd);

    expect([kind, system]).toEqual(['cloud', undefined]);
  });

  it('uses a ledger folder from the environment, even if a local system is running', async () => {
    await start();
    const { settings } = await choosePlace({}, { MIGRATIONS_LEDGER_FOLDER: '/ledger' }, cwd);

    expect(settings).toMatchObject({ MIGRATIONS_LEDGER_FOLDER: '/ledger' });
  });

  it('chooses the state left here if there are no keys and nothing is running', async () => {
    const { kind, settings } = await choosePlace({}, {}, cwd);

    expect([kind, settings.MIGRATIONS_LEDGER_FOLDER]).toEqual(['local', path.join(cwd, '.local/ledger')]);
  });

  it('finds the local system of the named jobs file from a folder without a project', async () => {
    await start();
    const { kind, system } = await choosePlace(
      { jobs: path.join(path.basename(cwd), 'migrations.yml') },
      {},
      path.dirname(cwd),
    );

    expect([kind, system?.gateway_url]).toEqual(['local', 'http://127.0.0.1:3']);
  });

  it.each<[string, Record<string, string>, string, string]>([
    ['of the environment', { MIGRATIONS_STAGE: 'prod' }, 'provider: { stage: staging }', 'prod'],
    ['of serverless.yml', {}, 'provider: { stage: staging }', 'staging'],
    ['that a deploy takes without one', {}, 'provider: { name: huawei }', 'dev'],
    ['that a deploy takes, where only the framework can resolve it', {}, 'provider: { stage: "${opt:stage}" }', 'dev'],
  ])('works in the cloud as the stage %s', async (_what, env, service, stage) => {
    await writeFile(path.join(cwd, 'serverless.yml'), service);

    const { settings } = await choosePlace({ cloud: true }, { ...KEYS, ...env }, cwd);

    expect(settings.MIGRATIONS_STAGE).toBe(stage);
  });

  it.each<[string, NodeJS.ProcessEnv, string]>([
    ['prefix: staging/', {}, 'staging/'],
    ["prefix: '${sls:stage}/'", { MIGRATIONS_STAGE: 'qa' }, 'qa/'],
    ["stage: prod\n  prefix: '${sls:stage}/'", {}, 'prod/'],
    ['prefix: staging/', { MIGRATIONS_PREFIX: 'other/' }, 'other/'],
    ["prefix: '${param:prefix}'", { MIGRATIONS_PREFIX: 'other/' }, 'other/'],
    ["prefix: ''", {}, ''],
    ['region: ap-southeast-3', {}, ''],
  ])('has the prefix of provider.prefix, unless the environment sets one: %s, %j', async (line, env, prefix) => {
    await writeFile(path.join(cwd, 'serverless.yml'), `provider:\n  ${line}\n`);

    expect((await choosePlace({}, { ...KEYS, ...env }, cwd)).settings.MIGRATIONS_PREFIX).toBe(prefix);
  });

  it('refuses a prefix with a stage that only the framework can resolve, unless the environment sets the stage', async () => {
    const lines = `stage: \${opt:stage, 'prod'}\n  prefix: '\${sls:stage}/'\n`;
    await writeFile(path.join(cwd, 'serverless.yml'), `provider:\n  ${lines}`);

    await expect(choosePlace({}, KEYS, cwd)).rejects.toThrow(
      'provider.stage: "${opt:stage, \'prod\'}" can only be resolved by',
    );
    expect((await choosePlace({}, { ...KEYS, MIGRATIONS_STAGE: 'qa' }, cwd)).settings.MIGRATIONS_PREFIX).toBe('qa/');
  });

  it('refuses a prefix that only the framework can resolve, but not for the local system', async () => {
    await writeFile(path.join(cwd, 'serverless.yml'), "provider:\n  prefix: '${param:prefix}'\n");

    await expect(choosePlace({}, KEYS, cwd)).rejects.toThrow(
      'serverless.yml: provider.prefix: "${param:prefix}" can only be resolved by the framework; set MIGRATIONS_PREFIX',
    );
    expect((await choosePlace({ local: true }, KEYS, cwd)).settings.MIGRATIONS_PREFIX).toBe('');
  });

  it('uses the stage and region of the local system, whatever the environment says', async () => {
    await start();

    const { settings } = await choosePlace({}, { MIGRATIONS_STAGE: 'prod', HUAWEICLOUD_REGION: 'ap-southeast-1' }, cwd);

    expect([settings.MIGRATIONS_STAGE, settings.HUAWEICLOUD_REGION]).toEqual(['local', undefined]);
  });

  it('refuses --local with --cloud', async () => {
    await expect(choosePlace({ local: true, cloud: true }, {}, cwd)).rejects.toThrow('cannot be combined');
  });
});
