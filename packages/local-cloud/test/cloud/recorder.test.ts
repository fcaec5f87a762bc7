import { maskSecrets, maskUrl } from '../../src/cloud/recorder.ts';

describe('maskSecrets', () => {
  it.each([
    [{ target_instance: { id: 'a', password: 'p' } }, { target_instance: { id: 'a', password: '***' } }],
    [
      { event_data: [{ kafka_password: 'p', kafka_user: 'u' }] },
      { event_data: [{ kafka_password: '***', kafka_user: 'u' }] },
    ],
    [
      { hw_ak_sk: { access: { key: 'a' }, secret: { key: 's' } } },
      { hw_ak_sk: { access: { key: 'a' }, secret: '***' } },
    ],
    [{ totp: { user: { id: 'u', passcode: '1' } } }, { totp: { user: { id: 'u', passcode: '***' } } }],
    [
      { secret_key: 's', security_token: 't', tokens: 1 },
      { secret_key: '***', security_token: '***', tokens: 1 },
    ],
    [
      { func_code: { file: 'UEs' }, depend_file: 'UEs', name: 'n' },
      { func_code: '***', depend_file: '***', name: 'n' },
    ],
    [
      { client_id: 'c', command: 'AUTH default p' },
      { client_id: '***', command: 'AUTH ***' },
    ],
    [{ command: 'config set requirepass p' }, { command: 'config ***' }],
    [{ command: ' hello 3\nauth default p' }, { command: ' hello ***' }],
    [{ command: 'SET author 1' }, { command: 'SET author 1' }],
    [{ command: 'AUTHOR 1' }, { command: 'AUTHOR 1' }],
    [null, null],
  ])('masks %j', (value, masked) => {
    expect(maskSecrets(value)).toEqual(masked);
  });
});

describe('maskUrl', () => {
  it.each([
    [
      '/b/k?AccessKeyId=a&Expires=1&Signature=s%2F&x-obs-security-token=t',
      '/b/k?AccessKeyId=a&Expires=1&Signature=***&x-obs-security-token=***',
    ],
    ['/b/k?X-Amz-Security-Token=t&X-Amz-Signature=s', '/b/k?X-Amz-Security-Token=***&X-Amz-Signature=***'],
    ['/b/k?signature=s&prefix=a', '/b/k?signature=***&prefix=a'],
    ['/b/signature=1?prefix=signature=1', '/b/signature=1?prefix=signature=1'],
  ])('masks signatures and tokens in %s', (url, masked) => {
    expect(maskUrl(url)).toBe(masked);
  });
});
