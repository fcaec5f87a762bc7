import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeSystemFile } from '../../../lib/local-system/system-file.ts';
import { type LocalCloud, startLocalCloud } from '../../../packages/local-cloud/src/cloud/local-cloud.ts';
import { runCommand } from '../../fixtures/run-command.ts';

const PROJECT = '0123456789abcdef0123456789abcdef';
const TOPIC = `urn:smn:ap-southeast-3:${PROJECT}:migrations`;
const TOKEN = 'token-of-the-test';

describe('npx migrations messages', () => {
  let cwd: string;
  let cloud: LocalCloud;

  beforeEach(async () => {
    cwd = await mkdtemp(path.join(tmpdir(), 'messages-'));
    await writeFile(path.join(cwd, 'migrations.yml'), '');
    cloud = await startLocalCloud({
      accounts: [{ accessKey: 'AK', secretKey: 'sk', projectId: PROJECT, domainId: PROJECT }],
      controlToken: TOKEN,
    });
    await run({});
  });
  afterEach(async () => {
    await cloud.close();
    await rm(cwd, { recursive: true, force: true });
  });

  /** As npm start leaves it. */
  async function run(other: { readonly token?: string; readonly cloud_url?: string }): Promise<void> {
    await mkdir(path.join(cwd, '.local'), { recursive: true });
    await writeSystemFile(path.join(cwd, '.local'), {
      pid: process.pid,
      project_id: PROJECT,
      region: 'ap-southeast-3',
      cloud_url: cloud.url,
      obs_url: cloud.obsUrl,
      gateway_url: cloud.url,
      keys: { access_key: 'AK', secret_key: 'sk', security_token: '' },
      token: TOKEN,
      ...other,
    });
  }
  const messages = (...args: readonly string[]) => runCommand(['messages', ...args], { cwd });
  const publish = (subject: string, text: string) => cloud.publish(TOPIC, subject, text);

  it('prints only the texts of one topic, named or by its URN', async () => {
    const other = `urn:smn:ap-southeast-3:${PROJECT}:other-migrations`;
    publish('a', '{"a":1}');
    cloud.publish(other, 'b', '{"b":1}');

    const named = await messages('--topic', 'migrations', '--text');
    const byUrn = await messages('--topic', other, '--text');
    const none = await messages('--topic', 'igrations', '--text');

    expect([named.stdout, byUrn.stdout, none.stdout]).toEqual(['{"a":1}\n', '{"b":1}\n', '']);
    expect(none.stderr).toContain('no messages to igrations since the local system started');
  });

  it('shows when, to which topic, the subject and every line of the text, oldest first', async () => {
    publish('restore-staging has failed', 'The task failed.\n\nReason: DCS.4004\n');
    publish('restore-staging has succeeded', 'Fine.');

    const { stdout, ...end } = await messages();

    expect({ ...end, stdout: stdout.replaceAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/gm, 'TIME') }).toEqual({
      code: 0,
      stderr: '',
      stdout: `TIME  ${TOPIC}
  restore-staging has failed
  The task failed.

  Reason: DCS.4004

TIME  ${TOPIC}
  restore-staging has succeeded
  Fine.
`,
    });
  });

  it('has the text as it was sent with --json', async () => {
    publish('S', 'one\ntwo\n');

    expect(JSON.parse((await messages('--json')).stdout)).toEqual({
      messages: [
        {
          at: new Date(cloud.messages()[0]?.publishedAt ?? 0).toISOString(),
          topic: TOPIC,
          subject: 'S',
          text: 'one\ntwo\n',
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
      ],
      left: 0,
    });
  });

  it('shows the newest within the limit, and says how many are older', async () => {
    for (const subject of ['first', 'second', 'third']) publish(subject, 'x');

    const { stdout, stderr } = await messages('--limit', '2');

    expect([stdout.match(/first|second|third/g), stderr]).toEqual([
      ['second', 'third'],
      '1 older not shown; raise --limit 2\n',
    ]);
  });

  it('shows no control characters of a text', async () => {
    publish('a\u001b[2Jb', 'c\u001b[2Jd\r\ne');

    expect((await messages()).stdout).toContain('  a [2Jb\n  c [2Jd\n  e\n');
  });

  it('says that there are none', async () => {
    expect(await messages()).toEqual({ code: 0, stdout: '', stderr: 'no messages since the local system started\n' });
  });

  it.each([
    ['nothing runs', async () => rm(path.join(cwd, '.local'), { recursive: true }), 'stored only while it runs'],
    ['it does not respond', async () => run({ cloud_url: 'http://127.0.0.1:1' }), 'no response'],
    ['the token is another', async () => run({ token: 'other' }), '401'],
  ])('exits with 3 if %s, and says so', async (_, happen, said) => {
    await happen();

    const { code, stdout, stderr } = await messages();

    expect([code, stdout, stderr]).toEqual([3, '', expect.stringContaining(said)]);
    expect(stderr).not.toContain(TOKEN);
  });
});
