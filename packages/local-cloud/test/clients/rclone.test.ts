import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from '../../src/cloud/operation.ts';
import { ACCOUNT } from '../cloud/caller.ts';
import { type ClientStage, describeClient, runProgram, startStage, TEMPORARY } from './client-program.ts';

/** Exit codes of rclone 1.60.1. */
const EXIT = { ok: 0, failed: 1, noFolder: 3 };

const LARGE = Buffer.alloc(16_000_000, 'abcdefghijklmnopqrstuvwxyz');
/** Few attempts, because what fails here fails every time. */
const FLAGS = ['--config=rclone.conf', '--retries=1', '--low-level-retries=1'];

describeClient('rclone', 'rclone as a client of OBS', () => {
  let stage: ClientStage;

  beforeAll(async () => {
    stage = await startStage();
    const remote = (name: string, { accessKey, secretKey, securityToken }: Account, ...lines: string[]) => [
      `[${name}]`,
      'type = s3',
      `access_key_id = ${accessKey}`,
      `secret_access_key = ${secretKey}`,
      ...(securityToken === undefined ? [] : [`session_token = ${securityToken}`]),
      ...lines,
    ];
    const pathStyle = ['provider = Other', `endpoint = ${stage.cloud.obsUrl}`, 'force_path_style = true'];
    const hostStyle = ['provider = HuaweiOBS', `endpoint = ${stage.cloud.obsUrl.replace('127.0.0.1', 'localhost')}`];
    const lines = [
      ...remote('obs', ACCOUNT, ...pathStyle, 'region = ap-southeast-3'),
      ...remote('v2', ACCOUNT, ...pathStyle, 'v2_auth = true'),
      ...remote('temporary', TEMPORARY, ...pathStyle),
      ...remote('huawei', TEMPORARY, ...hostStyle),
      ...remote('wrong-secret', { ...ACCOUNT, secretKey: 'other' }, ...pathStyle),
      ...remote('wrong-secret-v2', { ...ACCOUNT, secretKey: 'other' }, ...pathStyle, 'v2_auth = true'),
      ...remote('wrong-key', { ...ACCOUNT, accessKey: 'other' }, ...pathStyle),
      ...remote('wrong-token', { ...TEMPORARY, securityToken: 'other' }, ...pathStyle),
    ];
    await writeFile(path.join(stage.home, 'rclone.conf'), `${lines.join('\n')}\n`);
    await writeFile(path.join(stage.home, 'small'), 'REDIS0011');
    await writeFile(path.join(stage.home, 'large'), LARGE);
    await mkdir(path.join(stage.home, 'tree', 'sub'), { recursive: true });
    await writeFile(path.join(stage.home, 'tree', 'one'), '1');
    await writeFile(path.join(stage.home, 'tree', 'sub', 'two'), '22');
  });

  afterAll(() => stage.close());

  const rclone = (...args: string[]) => runProgram('rclone', [...FLAGS, ...args], stage.home);
  /** Runs it and requires success. */
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await rclone(...args);
    expect([code, code === EXIT.ok ? '' : stderr]).toEqual([EXIT.ok, '']);
    return stdout;
  };
  const obs = () => stage.cloud.obs;
  const keys = async (prefix: string, bucket = 'inbox') => obs().bucket(bucket).storage.keys(prefix);
  const put = (bucket: string, key: string, text: string) =>
    obs().put(
      bucket,
      key,
      (async function* () {
        yield Buffer.from(text);
      })(),
      { contentType: 'text/plain', metadata: {} },
    );

  it('makes, lists and removes buckets', async () => {
    await run('mkdir', 'obs:made');
    await run('mkdir', 'obs:made');
    expect((await run('lsd', 'obs:')).match(/\w+\n/g)).toEqual(['inbox\n', 'kept\n', 'made\n']);
    await run('rmdir', 'obs:made');
    expect(
      obs()
        .buckets()
        .map(({ name }) => name),
    ).toEqual(['inbox', 'kept']);
  });

  it('copies, lists, measures and shows objects', async () => {
    await run('copy', 'tree', 'obs:inbox/copied');
    await run('copyto', 'small', 'obs:inbox/copied/b c+ü%.rdb');
    expect(await keys('copied/')).toEqual(['copied/b c+ü%.rdb', 'copied/one', 'copied/sub/two']);
    expect(await obs().text('inbox', 'copied/b c+ü%.rdb')).toBe('REDIS0011');
    expect((await run('ls', 'obs:inbox/copied')).split('\n').sort()).toEqual([
      '',
      '        1 one',
      '        2 sub/two',
      '        9 b c+ü%.rdb',
    ]);
    expect(await run('size', '--json', 'obs:inbox/copied')).toBe('{"count":3,"bytes":12,"sizeless":0}\n');
    expect(await run('cat', 'obs:inbox/copied/sub/two')).toBe('22');
    expect(await run('cat', '--offset=5', '--count=2', 'obs:inbox/copied/b c+ü%.rdb')).toBe('00');
    expect(await run('hashsum', 'MD5', 'obs:inbox/copied/sub')).toBe('b6d767d2f8ed5d21a44b0e5886680cb9  two\n');
  });

  it('copies in parts, there and back and within OBS', async () => {
    const parts = ['--s3-upload-cutoff=5M', '--s3-copy-cutoff=5M', '--s3-chunk-size=5M'];
    await run(...parts, 'copyto', 'large', 'obs:inbox/large');
    expect((await obs().stat('inbox', 'large', undefined)).eTag).toMatch(/^[0-9a-f]{32}-4$/);
    await run(...parts, 'copyto', 'obs:inbox/large', 'obs:inbox/large-copy');
    expect((await obs().bytes('inbox', 'large-copy'))?.equals(LARGE)).toBe(true);
    await run('copyto', 'obs:inbox/large-copy', 'large-got');
    expect((await readFile(path.join(stage.home, 'large-got'))).equals(LARGE)).toBe(true);
    await run('check', '--one-way', '--include=/large', stage.home, 'obs:inbox');
  });

  it('synchronizes by time and by checksum, and checks the result', async () => {
    await run('sync', 'tree', 'obs:inbox/synced');
    await run('check', 'tree', 'obs:inbox/synced');
    await put('inbox', 'synced/extra', 'extra');
    await put('inbox', 'synced/one', '9');
    expect((await rclone('check', 'tree', 'obs:inbox/synced')).stderr).toContain('2 differences found');
    await run('sync', '--checksum', 'tree', 'obs:inbox/synced');
    expect(await keys('synced/')).toEqual(['synced/one', 'synced/sub/two']);
    expect(await obs().text('inbox', 'synced/one')).toBe('1');
    const { requests } = stage.cloud;
    const before = requests.length;
    await run('sync', '--checksum', 'tree', 'obs:inbox/synced');
    expect(requests.slice(before).filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it('moves, touches, deletes and purges objects', async () => {
    await put('inbox', 'old/name', 'moved');
    await run('moveto', 'obs:inbox/old/name', 'obs:inbox/new/name');
    expect([await obs().text('inbox', 'new/name'), await keys('old/')]).toEqual(['moved', []]);
    await run('touch', '--timestamp=2020-01-02T03:04:05', 'obs:inbox/new/name');
    expect(await run('lsl', 'obs:inbox/new')).toContain('2020-01-02 03:04:05.000000000 name\n');
    await run('touch', 'obs:inbox/new/empty');
    expect(await obs().text('inbox', 'new/empty')).toBe('');
    await run('deletefile', 'obs:inbox/new/empty');
    expect(await keys('new/')).toEqual(['new/name']);
    await run('delete', 'obs:inbox/new');
    await put('inbox', 'purged/1', '1');
    await run('purge', 'obs:inbox/purged');
    expect([await keys('new/'), await keys('purged/')]).toEqual([[], []]);
  });

  it('enables versioning, and lists and cleans up versions and uploads', async () => {
    await run('mkdir', 'obs:turned-on');
    expect(await run('backend', 'versioning', 'obs:turned-on')).toBe('Unversioned\n');
    expect(await run('backend', 'versioning', 'obs:turned-on', 'Enabled')).toBe('Enabled\n');
    expect(obs().bucket('turned-on').config.now.versioning).toBe('Enabled');
    await put('turned-on', 'k', 'first');
    await put('turned-on', 'k', 'second');
    expect((await run('--s3-versions', 'lsf', 'obs:turned-on')).split('\n')).toHaveLength(3);
    await run('backend', 'cleanup-hidden', 'obs:turned-on');
    expect(await obs().bucket('turned-on').storage.versions('')).toHaveLength(1);
    expect(JSON.parse(await run('backend', 'list-multipart-uploads', 'obs:inbox'))).toEqual({ inbox: [] });
    await run('cleanup', 'obs:inbox');
  });

  it('signs URLs that anyone can use', async () => {
    await put('inbox', 'shared', 'REDIS0011');
    const url = (await run('link', '--expire=1h', 'obs:inbox/shared')).trim();

    expect(await (await fetch(url)).text()).toBe('REDIS0011');
    expect((await fetch(url.replace('shared', 'large'))).status).toBe(403);
  });

  it.each(['v2', 'temporary'])('works with the remote %s', async (remote) => {
    await run('copyto', 'small', `${remote}:inbox/${remote}/k ü`);
    expect(await obs().text('inbox', `${remote}/k ü`)).toBe('REDIS0011');
    expect(await run('cat', `${remote}:inbox/${remote}/k ü`)).toBe('REDIS0011');
    await run('purge', `${remote}:inbox/${remote}`);
    expect(await keys(`${remote}/`)).toEqual([]);
  });

  it('works with the provider HuaweiOBS, which puts the bucket into the host name', async () => {
    const throughProxy = async (...args: string[]) => {
      const env = { http_proxy: stage.cloud.obsUrl };
      const { code, stdout, stderr } = await runProgram('rclone', [...FLAGS, ...args], stage.home, env);
      expect([code, code === EXIT.ok ? '' : stderr]).toEqual([EXIT.ok, '']);
      return stdout;
    };
    expect((await throughProxy('lsd', 'huawei:')).match(/inbox\n/g)).toHaveLength(1);
    await throughProxy('copy', 'tree', 'huawei:inbox/by-host');
    expect(await throughProxy('cat', 'huawei:inbox/by-host/sub/two')).toBe('22');
    await throughProxy('check', 'tree', 'huawei:inbox/by-host');
    await throughProxy('purge', 'huawei:inbox/by-host');
    expect(await keys('by-host/')).toEqual([]);
  });

  it.each([
    ['a wrong secret key', ['lsd', 'wrong-secret:'], EXIT.failed, 'SignatureDoesNotMatch'],
    ['a wrong key in version 2', ['lsd', 'wrong-secret-v2:'], EXIT.failed, 'SignatureDoesNotMatch'],
    ['an unknown access key', ['lsd', 'wrong-key:'], EXIT.failed, 'InvalidAccessKeyId'],
    ['a wrong token', ['lsd', 'wrong-token:'], EXIT.failed, 'InvalidAccessKeyId'],
    ['a missing bucket', ['ls', 'obs:missing'], EXIT.noFolder, 'directory not found'],
    ['a missing object', ['deletefile', 'obs:inbox/missing'], EXIT.failed, "is a directory or doesn't exist"],
    ['a bucket that is not empty', ['rmdir', 'obs:inbox'], EXIT.failed, 'BucketNotEmpty'],
    ['a file that is not there', ['check', 'tree', 'obs:inbox/nothing'], EXIT.failed, 'files missing'],
  ])('is told about %s', async (_name, args, code, reason) => {
    await put('inbox', 'occupied', '1');
    const outcome = await rclone(...args);

    expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringContaining(reason)]);
  });
});
