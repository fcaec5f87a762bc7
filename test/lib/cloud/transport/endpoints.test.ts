import {
  checkEndpoint,
  dcsEndpoint,
  ecsEndpoint,
  iamEndpoint,
  obsEndpoint,
  smnEndpoint,
  smsEndpoint,
} from '../../../../lib/cloud/transport/endpoints.ts';

describe('dcsEndpoint', () => {
  it.each([
    ['ap-southeast-3', 'https://dcs.ap-southeast-3.myhuaweicloud.com'],
    ['my-kualalumpur-1', 'https://dcs.my-kualalumpur-1.myhuaweicloud.com'],
    ['eu-west-101', 'https://dcs.eu-west-101.myhuaweicloud.eu'],
  ])('goes by region: %s', (region, endpoint) => {
    expect(dcsEndpoint(region)).toBe(endpoint);
  });

  it('gives way to the setting', () => {
    expect(dcsEndpoint('ap-southeast-3', 'https://dcs.example.com/')).toBe('https://dcs.example.com');
  });

  it.each(['', 'evil.example.com/', 'ap-southeast-3.evil.com', 'AP-SOUTHEAST-3'])(
    'refuses %j, which is no region',
    (region) => {
      expect(() => dcsEndpoint(region)).toThrow('HUAWEICLOUD_REGION');
    },
  );
});

describe('smsEndpoint', () => {
  it.each([
    ['cn-south-1', 'https://sms.cn-north-4.myhuaweicloud.com'],
    ['my-kualalumpur-1', 'https://sms.my-kualalumpur-1.myhuaweicloud.com'],
    ['ru-moscow-1', 'https://sms-api.ru-moscow-1.myhuaweicloud.com'],
    ['eu-west-101', 'https://sms.myhuaweicloud.eu'],
    ['sa-brazil-1', 'https://sms.ap-southeast-3.myhuaweicloud.com'],
  ])('goes by site: %s', (region, endpoint) => {
    expect(smsEndpoint(region)).toBe(endpoint);
  });

  it('gives way to the setting, which names itself when it is wrong', () => {
    expect(smsEndpoint('cn-south-1', 'https://sms.example.com')).toBe('https://sms.example.com');
    expect(() => smsEndpoint('cn-south-1', 'sms.example.com')).toThrow('HUAWEICLOUD_SMS_ENDPOINT');
  });
});

describe('obsEndpoint', () => {
  it.each([
    ['ap-southeast-3', 'https://obs.ap-southeast-3.myhuaweicloud.com'],
    ['eu-west-101', 'https://obs.eu-west-101.myhuaweicloud.eu'],
  ])('goes by region: %s', (region, endpoint) => {
    expect(obsEndpoint(region)).toBe(endpoint);
  });

  it('gives way to the setting, which names itself when it is wrong', () => {
    expect(obsEndpoint('cn-south-1', 'http://127.0.0.1:9000')).toBe('http://127.0.0.1:9000');
    expect(() => obsEndpoint('cn-south-1', 'http://obs.example.com')).toThrow('HUAWEICLOUD_OBS_ENDPOINT');
  });

  it('refuses what is no region', () => {
    expect(() => obsEndpoint('evil.example.com/')).toThrow('HUAWEICLOUD_REGION');
  });
});

describe.each([
  ['ecs', ecsEndpoint, 'HUAWEICLOUD_ECS_ENDPOINT'],
  ['iam', iamEndpoint, 'HUAWEICLOUD_IAM_ENDPOINT'],
  ['smn', smnEndpoint, 'HUAWEICLOUD_SMN_ENDPOINT'],
])('%sEndpoint', (service, endpointOf, setting) => {
  it.each([
    ['ap-southeast-3', 'ap-southeast-3.myhuaweicloud.com'],
    ['eu-west-101', 'eu-west-101.myhuaweicloud.eu'],
  ])('goes by region: %s', (region, host) => {
    expect(endpointOf(region)).toBe(`https://${service}.${host}`);
  });

  it('gives way to the setting, which names itself when it is wrong', () => {
    expect(endpointOf('cn-south-1', 'https://a.example.com')).toBe('https://a.example.com');
    expect(() => endpointOf('cn-south-1', 'http://a.example.com')).toThrow(setting);
  });

  it('refuses what is no region', () => {
    expect(() => endpointOf('evil.example.com/')).toThrow('HUAWEICLOUD_REGION');
  });
});

describe('checkEndpoint', () => {
  it.each(['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:1', 'https://dcs.example.com:8443'])(
    'takes %s',
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

  it('does not repeat a password that a URL holds', () => {
    expect(() => checkEndpoint('X', 'https://user:hunter2@dcs.example.com')).not.toThrow(/hunter2/);
  });
});
