import { ConfigError } from '../../../lib/kernel/errors.ts';
import { lookUp, readSettings } from '../../../lib/kernel/settings.ts';

const read = (values: Record<string, string>) => readSettings((name) => values[name]);

describe('readSettings', () => {
  it('has the documented defaults if nothing is set', () => {
    expect(read({})).toEqual({
      MIGRATIONS_FILE: undefined,
      MIGRATIONS_LEDGER_FOLDER: undefined,
      MIGRATIONS_STAGE: 'dev',
      MIGRATIONS_PREFIX: '',
      HUAWEICLOUD_REGION: undefined,
      HUAWEICLOUD_PROJECT_ID: undefined,
      HUAWEICLOUD_DOMAIN_ID: undefined,
      HUAWEICLOUD_DCS_ENDPOINT: undefined,
      HUAWEICLOUD_SMS_ENDPOINT: undefined,
      HUAWEICLOUD_OBS_ENDPOINT: undefined,
      HUAWEICLOUD_ECS_ENDPOINT: undefined,
      HUAWEICLOUD_IAM_ENDPOINT: undefined,
      HUAWEICLOUD_SMN_ENDPOINT: undefined,
      HUAWEICLOUD_CES_ENDPOINT: undefined,
      HUAWEICLOUD_SDK_AK: undefined,
      HUAWEICLOUD_SDK_SK: undefined,
      HUAWEICLOUD_SDK_SECURITY_TOKEN: undefined,
      OBJECT_KEYS: { direct: 'auto', eventgrid: 'auto', smn: 'auto' },
      WEBHOOK_BASE_PATH: '',
      WEBHOOK_ANSWER_SECONDS: 4,
      RECONCILE_EVERY: 300_000,
      LOG_LEVEL: 'info',
    });
  });

  it('also reads the names of keys in the SDK samples, and prefers ours', () => {
    expect(read({ CLOUD_SDK_AK: 'a', CLOUD_SDK_SK: 's' })).toMatchObject({
      HUAWEICLOUD_SDK_AK: 'a',
      HUAWEICLOUD_SDK_SK: 's',
    });
    expect(read({ CLOUD_SDK_AK: 'a', HUAWEICLOUD_SDK_AK: 'b' }).HUAWEICLOUD_SDK_AK).toBe('b');
  });

  it.each([
    ['raw', { direct: 'raw', eventgrid: 'raw', smn: 'raw' }],
    ['encoded', { direct: 'encoded', eventgrid: 'encoded', smn: 'encoded' }],
    ['auto', { direct: 'auto', eventgrid: 'auto', smn: 'auto' }],
    ['direct=encoded,eventgrid=raw', { direct: 'encoded', eventgrid: 'raw', smn: 'auto' }],
    [' smn = raw ', { direct: 'auto', eventgrid: 'auto', smn: 'raw' }],
  ])('understands OBJECT_KEYS %s', (text, expected) => {
    expect(read({ OBJECT_KEYS: text }).OBJECT_KEYS).toEqual(expected);
  });

  it.each(['ap-southeast-3', 'my-kualalumpur-1', 'eu-west-101', 'cn-north-east-1'])(
    'accepts every region that a jobs file accepts: %s',
    (region) => {
      expect(read({ HUAWEICLOUD_REGION: region }).HUAWEICLOUD_REGION).toBe(region);
    },
  );

  it.each([
    ['HUAWEICLOUD_REGION', 'Singapore'],
    ['HUAWEICLOUD_PROJECT_ID', 'a/b'],
    ['HUAWEICLOUD_DCS_ENDPOINT', 'ftp://dcs.example.com'],
    ['HUAWEICLOUD_SMS_ENDPOINT', 'https://user@sms.example.com'],
    ['HUAWEICLOUD_OBS_ENDPOINT', 'https://obs.example.com/bucket'],
    ['HUAWEICLOUD_ECS_ENDPOINT', 'ecs.example.com'],
    ['HUAWEICLOUD_IAM_ENDPOINT', 'https://iam.example.com/v3'],
    ['HUAWEICLOUD_SMN_ENDPOINT', 'https://smn.example.com?x'],
    ['OBJECT_KEYS', 'direct=maybe'],
    ['OBJECT_KEYS', 'other=raw'],
    ['OBJECT_KEYS', 'direct=raw,direct=encoded'],
    ['WEBHOOK_BASE_PATH', 'migrations'],
    ['WEBHOOK_ANSWER_SECONDS', '0'],
    ['WEBHOOK_ANSWER_SECONDS', '61'],
    ['WEBHOOK_ANSWER_SECONDS', 'soon'],
    ['RECONCILE_EVERY', '90m'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^settings: ${name}: expected `));
  });

  it('reports all invalid settings together, without their values', () => {
    const act = () => read({ LOG_LEVEL: 'hunter2', HUAWEICLOUD_REGION: 'hunter2' });

    expect(act).toThrow(ConfigError);
    expect(act).toThrow(
      'settings: HUAWEICLOUD_REGION: expected a region such as ap-southeast-3; LOG_LEVEL: expected debug, info, warn, error',
    );
  });

  it.each([
    ['/', ''],
    ['/migrations/', '/migrations'],
    ['/a/b', '/a/b'],
  ])('reads the base path %s as "%s"', (text, expected) => {
    expect(read({ WEBHOOK_BASE_PATH: text }).WEBHOOK_BASE_PATH).toBe(expected);
  });
});

describe('lookUp', () => {
  it("prefers the function's variable to the process's, and treats an empty one as absent", () => {
    const userData = (name: string) => ({ A: 'user', B: '' })[name];

    expect(lookUp(userData, 'A', { A: 'process' })).toBe('user');
    expect(lookUp(userData, 'B', { B: 'process' })).toBe('process');
    expect(lookUp(userData, 'C', {})).toBeUndefined();
  });
});
