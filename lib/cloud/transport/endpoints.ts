import { ConfigError } from '../../kernel/errors.ts';

/** Region ids as the SDK's region lists write them: `ap-southeast-3`, `my-kualalumpur-1`. */
const REGION = /^[a-z]{2}-[a-z]+-\d{1,3}$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The base URL of DCS in a region: `https://dcs.<region>.myhuaweicloud.com`.
 *
 * `eu-west-101` lies under `myhuaweicloud.eu`, where the region lists of other SDKs have it; the list of the Node SDK says `.com`,
 * and whether that one answers is unconfirmed. A region that is run by a partner needs `override`.
 *
 * @param override the setting `HUAWEICLOUD_DCS_ENDPOINT`; wins when given
 * @throws {ConfigError} for a region id that is none, or an override that {@link checkEndpoint} refuses
 */
export function dcsEndpoint(region: string, override?: string): string {
  return override ? checkEndpoint('HUAWEICLOUD_DCS_ENDPOINT', override) : regionalEndpoint('dcs', region);
}

/**
 * The base URL of SMS. It goes by site and not by region: the target of a migration may lie in any region of the site.
 *
 * `my-kualalumpur-1` and `ru-moscow-1` have their own (SmsRegion of the Node SDK 3.1.209); regions in China use `cn-north-4`, those of the
 * EU site `sms.myhuaweicloud.eu`, all others `ap-southeast-3` (terraform-provider-huaweicloud, 2026-08).
 *
 * @param override the setting `HUAWEICLOUD_SMS_ENDPOINT`; wins when given
 * @throws {ConfigError} for a region id that is none, or an override that {@link checkEndpoint} refuses
 */
export function smsEndpoint(region: string, override?: string): string {
  if (override) return checkEndpoint('HUAWEICLOUD_SMS_ENDPOINT', override);
  checkRegion(region);
  if (region.startsWith('cn-')) return 'https://sms.cn-north-4.myhuaweicloud.com';
  if (region === 'my-kualalumpur-1') return 'https://sms.my-kualalumpur-1.myhuaweicloud.com';
  if (region === 'ru-moscow-1') return 'https://sms-api.ru-moscow-1.myhuaweicloud.com';
  if (region.startsWith('eu-')) return 'https://sms.myhuaweicloud.eu';
  return 'https://sms.ap-southeast-3.myhuaweicloud.com';
}

/**
 * The base URL of OBS in a region: `https://obs.<region>.myhuaweicloud.com`. The bucket's name comes before it.
 *
 * `eu-west-101` lies under `myhuaweicloud.eu`, as for DCS. A bucket is reached in its own region only.
 *
 * @param override the setting `HUAWEICLOUD_OBS_ENDPOINT`; wins when given
 * @throws {ConfigError} for a region id that is none, or an override that {@link checkEndpoint} refuses
 */
export function obsEndpoint(region: string, override?: string): string {
  return override ? checkEndpoint('HUAWEICLOUD_OBS_ENDPOINT', override) : regionalEndpoint('obs', region);
}

/**
 * The base URL of ECS in a region: `https://ecs.<region>.myhuaweicloud.com` (EcsRegion of the Node SDK 3.1.209), with `eu-west-101` as for
 * DCS.
 *
 * @param override the setting `HUAWEICLOUD_ECS_ENDPOINT`; wins when given
 * @throws {ConfigError} for a region id that is none, or an override that {@link checkEndpoint} refuses
 */
export function ecsEndpoint(region: string, override?: string): string {
  return override ? checkEndpoint('HUAWEICLOUD_ECS_ENDPOINT', override) : regionalEndpoint('ecs', region);
}

/**
 * The base URL of IAM in a region: `https://iam.<region>.myhuaweicloud.com`, `eu-west-101` under `myhuaweicloud.eu` (IamRegion of the Node
 * SDK 3.1.209).
 *
 * @param override the setting `HUAWEICLOUD_IAM_ENDPOINT`; wins when given
 * @throws {ConfigError} for a region id that is none, or an override that {@link checkEndpoint} refuses
 */
export function iamEndpoint(region: string, override?: string): string {
  return override ? checkEndpoint('HUAWEICLOUD_IAM_ENDPOINT', override) : regionalEndpoint('iam', region);
}

/**
 * The base URL of SMN in a region: `https://smn.<region>.myhuaweicloud.com`, `eu-west-101` under `myhuaweicloud.eu` (SmnRegion of the Node
 * SDK 3.1.209). A topic is reached in its own region only.
 *
 * @param override the setting `HUAWEICLOUD_SMN_ENDPOINT`; wins when given
 * @throws {ConfigError} for a region id that is none, or an override that {@link checkEndpoint} refuses
 */
export function smnEndpoint(region: string, override?: string): string {
  return override ? checkEndpoint('HUAWEICLOUD_SMN_ENDPOINT', override) : regionalEndpoint('smn', region);
}

function regionalEndpoint(service: string, region: string): string {
  const domain = region === 'eu-west-101' ? 'myhuaweicloud.eu' : 'myhuaweicloud.com';
  return `https://${service}.${checkRegion(region)}.${domain}`;
}

/**
 * Checks a base URL and returns it without a slash at its end. Requests carry passwords, so it must be https, unless the host is
 * this machine.
 *
 * @param setting what the error calls it
 * @throws {ConfigError} when it is no URL, not https, or has more than scheme, host and port
 */
export function checkEndpoint(setting: string, value: string): string {
  const refuse = (message: string) => new ConfigError('settings', [{ path: [setting], message }]);
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    throw refuse('is not a URL; give scheme and host, as in https://dcs.ap-southeast-3.myhuaweicloud.com');
  }
  const local = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !local) throw refuse('must start with https:// (http:// is for this machine alone)');
  // The path would be signed and sent in front of the operation's own; credentials in a URL end up in logs.
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) {
    throw refuse('must be scheme, host and port only');
  }
  return url.origin;
}

function checkRegion(region: string): string {
  if (REGION.test(region)) return region;
  throw new ConfigError('settings', [
    { path: ['HUAWEICLOUD_REGION'], message: `${JSON.stringify(region)} is no region id, as ap-southeast-3 is one` },
  ]);
}
