import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Account } from '../../src/cloud/operation.ts';
import { ACCOUNT } from '../cloud/caller.ts';
import { type ClientStage, describeClient, runProgram, startStage, TEMPORARY } from './client-program.ts';

/** Exit codes of s3cmd 2.3.0. */
const EXIT = { ok: 0, serverError: 11, notFound: 12, conflict: 13, usage: 64, accessDenied: 77 };

/** More than 15 MB, the size from which s3cmd uploads in parts. */
const LARGE = Buffer.alloc(16_000_000, 'abcdefghijklmnopqrstuvwxyz');

describeClient('s3cmd', 's3cmd as a client of OBS', () => {
  let stage: ClientStage;

  beforeAll(async () => {
    stage = await startStage();
    const host = stage.cloud.obsUrl.replace('http://', '');
    const lines = [`host_base = ${host}`, `host_bucket = ${host}`, 'use_https = False', 'signurl_use_https = False'];
    await writeFile(path.join(stage.home, '.s3cfg'), ['[default]', ...lines, ''].join('\n'));
    await writeFile(path.join(stage.home, 'small'), 'REDIS0011');
    await writeFile(path.join(stage.home, 'large'), LARGE);
  });

  afterAll(() => stage.close());

  /** With a token only from the environment: s3cmd would renew one in a file. */
  const s3cmd = (args: readonly string[], { accessKey, secretKey, securityToken }: Account = ACCOUNT) =>
    runProgram('s3cmd', ['--no-progress', ...args], stage.home, {
      AWS_ACCESS_KEY_ID: accessKey,
      AWS_SECRET_ACCESS_KEY: secretKey,
      ...(securityToken === undefined ? {} : { AWS_SESSION_TOKEN: securityToken }),
    });
  /** Runs it and requires success. */
  const runAs = async (account: Account, args: readonly string[]): Promise<string> => {
    const outcome = await s3cmd(args, account);
    expect(outcome).toEqual({ code: EXIT.ok, stdout: expect.any(String), stderr: '' });
    return outcome.stdout;
  };
  const run = (...args: string[]) => runAs(ACCOUNT, args);
  const obs = () => stage.cloud.obs;
  const keys = async (prefix: string) => obs().bucket('inbox').storage.keys(prefix);
  const put = (key: string, text = 'REDIS0011') =>
    obs().put(
      'inbox',
      key,
      (async function* () {
        yield Buffer.from(text);
      })(),
      { contentType: 'text/plain', metadata: {} },
    );

  it('makes, lists and removes buckets', async () => {
    expect(await run('mb', 's3://made')).toBe("Bucket 's3://made/' created\n");
    expect(await run('mb', '--bucket-location=ap-southeast-3', 's3://made-there')).toBe(
      "Bucket 's3://made-there/' created\n",
    );
    expect((await run('ls')).match(/s3:\/\/\S+/g)).toEqual(['s3://inbox', 's3://kept', 's3://made', 's3://made-there']);
    expect(await run('rb', 's3://made')).toBe("Bucket 's3://made/' removed\n");
    await run('rb', '--recursive', '--force', 's3://made-there');
    expect(
      obs()
        .buckets()
        .map(({ name }) => name),
    ).toEqual(['inbox', 'kept']);
  });

  it('puts, lists, measures and gets objects', async () => {
    await run('put', '--add-header=x-amz-meta-by:me', 'small', 's3://inbox/a/b c+ü%.rdb');
    expect(await obs().text('inbox', 'a/b c+ü%.rdb')).toBe('REDIS0011');
    expect((await obs().stat('inbox', 'a/b c+ü%.rdb', undefined)).metadata).toMatchObject({ by: 'me' });
    expect(await run('ls', 's3://inbox/a/')).toMatch(/ 9 {2}s3:\/\/inbox\/a\/b c\+ü%\.rdb\n$/);
    expect(await run('la')).toContain('DIR  s3://inbox/a/\n');
    expect(await run('du', 's3://inbox/a/')).toMatch(/^ +9 +1 objects s3:\/\/inbox\/a\/\n$/);
    await run('get', '--force', 's3://inbox/a/b c+ü%.rdb', 'got');
    expect(await readFile(path.join(stage.home, 'got'), 'utf8')).toBe('REDIS0011');
  });

  it('puts and gets in parts', async () => {
    await run('put', '--multipart-chunk-size-mb=5', 'large', 's3://inbox/large');
    expect((await obs().bytes('inbox', 'large'))?.equals(LARGE)).toBe(true);
    expect((await obs().stat('inbox', 'large', undefined)).eTag).toMatch(/^[0-9a-f]{32}-4$/);
    await run('get', '--force', 's3://inbox/large', 'large-got');
    expect((await readFile(path.join(stage.home, 'large-got'))).equals(LARGE)).toBe(true);
    expect(await run('multipart', 's3://inbox')).toBe('s3://inbox/\nInitiated\tPath\tId\n');
  });

  it('copies, moves and deletes objects', async () => {
    await put('from');
    await run('cp', 's3://inbox/from', 's3://inbox/copied');
    expect(await obs().text('inbox', 'copied')).toBe('REDIS0011');
    await run('mv', 's3://inbox/from', 's3://kept/moved');
    expect(await obs().has('inbox', 'from')).toBe(false);
    expect(await obs().text('kept', 'moved')).toBe('REDIS0011');
    await run('del', 's3://inbox/copied');
    expect(await obs().has('inbox', 'copied')).toBe(false);
    await put('many/1');
    await put('many/2');
    await run('del', '--recursive', '--force', 's3://inbox/many/');
    expect(await keys('many/')).toEqual([]);
  });

  it('shows a bucket and an object, and changes what it shows', async () => {
    await put('shown');
    expect(await run('info', 's3://inbox')).toContain('   Location:  ap-southeast-3\n');
    const info = await run('info', 's3://inbox/shown');
    expect(info).toContain('   File size: 9\n');
    expect(info).toContain('   MD5 sum:   5bad7906a43b4e6a9c4d4da9d051f077\n');
    await run('setacl', '--acl-public', 's3://inbox/shown');
    expect((await obs().stat('inbox', 'shown', undefined)).acl?.grants).toEqual([
      { grantee: { id: ACCOUNT.domainId }, permission: 'FULL_CONTROL' },
      { grantee: 'Everyone', permission: 'READ' },
    ]);
    expect(await run('info', 's3://inbox/shown')).toContain('*anon*: READ\n');
    await run(
      'modify',
      '--add-header=x-amz-meta-color:blue',
      '--add-header=cache-control:no-cache',
      's3://inbox/shown',
    );
    expect(await obs().stat('inbox', 'shown', undefined)).toMatchObject({
      metadata: { color: 'blue' },
      headers: { 'cache-control': 'no-cache' },
    });
    expect(await obs().text('inbox', 'shown')).toBe('REDIS0011');
  });

  it('synchronizes a folder in both directions', async () => {
    const folder = path.join(stage.home, 'tree');
    await mkdir(path.join(folder, 'sub'), { recursive: true });
    await writeFile(path.join(folder, 'one'), '1');
    await writeFile(path.join(folder, 'sub', 'two'), '22');
    await put('tree/old', 'old');
    await run('sync', '--delete-removed', 'tree/', 's3://inbox/tree/');
    expect(await keys('tree/')).toEqual(['tree/one', 'tree/sub/two']);
    expect(await run('sync', 'tree/', 's3://inbox/tree/')).not.toContain('upload:');
    await run('sync', 's3://inbox/tree/', 'back/');
    expect(await readFile(path.join(stage.home, 'back', 'sub', 'two'), 'utf8')).toBe('22');
  });

  it('sets, gets and deletes the lifecycle and the policy of a bucket', async () => {
    const rules =
      '<LifecycleConfiguration><Rule><ID>week</ID><Prefix>tmp/</Prefix><Status>Enabled</Status><Expiration><Days>7</Days></Expiration></Rule></LifecycleConfiguration>';
    await writeFile(path.join(stage.home, 'lifecycle.xml'), rules);
    await run('setlifecycle', 'lifecycle.xml', 's3://inbox');
    expect(obs().bucket('inbox').config.now.lifecycle).toMatchObject([
      { id: 'week', prefix: 'tmp/', isEnabled: true, expiration: { days: 7 } },
    ]);
    expect((await run('getlifecycle', 's3://inbox')).replaceAll(/\s/g, '')).toContain('<ID>week</ID>');
    await run('dellifecycle', 's3://inbox');
    expect(obs().bucket('inbox').config.now.lifecycle).toBeUndefined();
    const policy =
      '{"Statement":[{"Sid":"read","Effect":"Allow","Principal":{"ID":["*"]},"Action":["GetObject"],"Resource":["inbox/*"]}]}';
    await writeFile(path.join(stage.home, 'policy.json'), policy);
    await run('setpolicy', 'policy.json', 's3://inbox');
    expect(obs().bucket('inbox').config.now.policy).toBe(policy);
    await run('delpolicy', 's3://inbox');
    expect(obs().bucket('inbox').config.now.policy).toBeUndefined();
  });

  it('signs URLs that anyone can use until they expire', async () => {
    await put('shared');
    const url = (await run('signurl', 's3://inbox/shared', '+60')).trim();
    const expired = (await run('signurl', 's3://inbox/shared', '1000000000')).trim();

    expect(await (await fetch(url)).text()).toBe('REDIS0011');
    expect((await fetch(expired)).status).toBe(403);
    expect((await fetch(url.replace('shared', 'large'))).status).toBe(403);
  });

  it('works with version 2 of the signature and with temporary keys', async () => {
    await run('--signature-v2', 'put', 'small', 's3://inbox/v2');
    expect(await obs().text('inbox', 'v2')).toBe('REDIS0011');
    await run('--signature-v2', 'setacl', '--acl-private', 's3://inbox/v2');
    await run('--signature-v2', 'cp', 's3://inbox/v2', 's3://inbox/v2 copy');
    await run('--signature-v2', 'del', '--recursive', '--force', 's3://inbox/v2');
    expect(await keys('v2')).toEqual([]);
    await runAs(TEMPORARY, ['put', 'small', 's3://inbox/temporary']);
    await runAs(TEMPORARY, ['--signature-v2', 'get', '--force', 's3://inbox/temporary', 'temporary-got']);
    expect(await readFile(path.join(stage.home, 'temporary-got'), 'utf8')).toBe('REDIS0011');
  });

  it.each([
    ['a wrong secret key', ['ls', 's3://inbox'], 'SignatureDoesNotMatch', { ...ACCOUNT, secretKey: 'other' }],
    ['an unknown access key', ['ls', 's3://inbox'], 'InvalidAccessKeyId', { ...ACCOUNT, accessKey: 'other' }],
    ['a wrong token', ['ls', 's3://inbox'], 'InvalidAccessKeyId', { ...TEMPORARY, securityToken: 'other' }],
    ['a wrong key in version 2', ['--signature-v2', 'ls'], 'SignatureDoesNotMatch', { ...ACCOUNT, secretKey: 'other' }],
  ])('is told about %s', async (_name, args, reason, account) => {
    const outcome = await s3cmd(args, account);

    expect([outcome.code, outcome.stderr]).toEqual([EXIT.accessDenied, expect.stringContaining(reason)]);
  });

  it.each([
    ['a missing bucket', ['put', 'small', 's3://missing/k'], EXIT.notFound, 'NoSuchBucket'],
    ['a missing object', ['info', 's3://inbox/missing'], EXIT.notFound, 'NoSuchKey'],
    ['a missing source', ['cp', 's3://inbox/missing', 's3://inbox/k'], EXIT.notFound, 'Key not found'],
    ['a bucket that is not empty', ['rb', 's3://inbox'], EXIT.conflict, 'BucketNotEmpty'],
    ['rules that are not XML', ['setlifecycle', 'small', 's3://inbox'], EXIT.serverError, 'MalformedXML'],
    ['what is not implemented', ['payer', '--requester-pays', 's3://inbox'], EXIT.serverError, 'ServiceNotImplemented'],
  ])('is told about %s', async (_name, args, code, reason) => {
    await put('occupied');
    const outcome = await s3cmd(args);

    expect([outcome.code, outcome.stderr]).toEqual([code, expect.stringContaining(reason)]);
    expect(await obs().has('inbox', 'k')).toBe(false);
  });
});
