import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkEndpoint, endpointOf } from '../../../../lib/cloud/transport/endpoints.ts';

describe.each([
  ['DCS', 'dcs'],
  ['OBS', 'obs'],
  ['ECS', 'ecs'],
  ['IAM', 'iam'],
  ['SMN', 'smn'],
  ['CES', 'ces'],
] as const)('the endpoint of %s', (service, host) => {
  it.each([
    ['ap-southeast-3', 'ap-southeast-3.myhuaweicloud.com'],
    ['my-kualalumpur-1', 'my-kualalumpur-1.myhuaweicloud.com'],
    ['eu-west-101', 'eu-west-101.myhuaweicloud.eu'],
    ['cn-north-east-1', 'cn-north-east-1.myhuaweicloud.com'],
  ])('depends on the region: %s', (region, domain) => {
    expect(endpointOf(service, region, {})).toBe(`https://${host}.${domain}`);
  });
});

describe('the endpoint of SMS', () => {
  it.each([
    ['cn-south-1', 'https://sms.cn-north-4.myhuaweicloud.com'],
    ['my-kualalumpur-1', 'https://sms.my-kualalumpur-1.myhuaweicloud.com'],
    ['ru-moscow-1', 'https://sms-api.ru-moscow-1.myhuaweicloud.com'],
    ['eu-west-101', 'https://sms.myhuaweicloud.eu'],
    ['sa-brazil-1', 'https://sms.ap-southeast-3.myhuaweicloud.com'],
  ])('depends on the site: %s', (region, endpoint) => {
    expect(endpointOf('SMS', region, {})).toBe(endpoint);
  });
});

describe.each([
  ['DCS', 'HUAWEICLOUD_DCS_ENDPOINT'],
  ['SMS', 'HUAWEICLOUD_SMS_ENDPOINT'],
  ['OBS', 'HUAWEICLOUD_OBS_ENDPOINT'],
  ['ECS', 'HUAWEICLOUD_ECS_ENDPOINT'],
  ['IAM', 'HUAWEICLOUD_IAM_ENDPOINT'],
  ['SMN', 'HUAWEICLOUD_SMN_ENDPOINT'],
  ['CES', 'HUAWEICLOUD_CES_ENDPOINT'],
] as const)('the endpoint of %s', (service, setting) => {
  it('can be overridden by the setting, whose errors name it', () => {
    expect(endpointOf(service, 'cn-south-1', { [setting]: 'https://a.example.com/' })).toBe('https://a.example.com');
    expect(endpointOf(service, 'cn-south-1', { [setting]: 'http://127.0.0.1:9000' })).toBe('http://127.0.0.1:9000');
    expect(() => endpointOf(service, 'cn-south-1', { [setting]: 'http://a.example.com' })).toThrow(setting);
    expect(() => endpointOf(service, 'cn-south-1', { [setting]: 'a.example.com' })).toThrow(setting);
  });

  it.each(['', 'evil.example.com/', 'ap-southeast-3.evil.com', 'AP-SOUTHEAST-3'])(
    'refuses the invalid region %j',
    (region) => {
      expect(() => endpointOf(service, region, {})).toThrow('HUAWEICLOUD_REGION');
    },
  );
});

describe('checkEndpoint', () => {
  it.each(['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:1', 'https://dcs.example.com:8443'])(
    'accepts %s',
    (url) => {
      expect(checkEndpoint('X', url)).toBe(url);
    },
  );

  it.each([
    'http://dcs.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'ftp://127.0.0.1',
    'https://user:pw@dcs.example.com',
    'https://dcs.example.com/v2',
    'https://dcs.example.com/?a=b',
    'dcs.example.com',
  ])('refuses %s', (url) => {
    expect(() => checkEndpoint('X', url)).toThrow(/settings: X: /);
  });

  it('does not repeat a password in a URL', () => {
    expect(() => checkEndpoint('X', 'https://user:hunter2@dcs.example.com')).not.toThrow(/hunter2/);
  });
});

describe('docs/deploy.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/deploy.md'), 'utf8');

  it.each(['DCS', 'ECS', 'IAM', 'CSMS', 'SMN', 'CES', 'OBS'] as const)('names the host of %s', (service) => {
    const host = endpointOf(service, 'ap-southeast-3', {})
      .replace('https://', '')
      .replace('ap-southeast-3', '<region>');

    expect(page).toContain(`| \`${service === 'OBS' ? '<bucket>.' : ''}${host}\` |`);
  });

  it.each(['cn-north-4', 'eu-west-101', 'ap-southeast-3'])('names the host of SMS for %s', (region) => {
    expect(page).toContain(`\`${endpointOf('SMS', region, {}).replace('https://', '')}\``);
  });
});
