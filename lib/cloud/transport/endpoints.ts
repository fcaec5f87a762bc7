import { ConfigError } from '../../kernel/errors.ts';
import { REGION } from '../../kernel/region.ts';
import type { EndpointSetting, Settings } from '../../kernel/settings.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** A service whose endpoint a setting can name. */
export type Service = EndpointSetting extends `HUAWEICLOUD_${infer Name}_ENDPOINT` ? Name : never;

/**
 * The base URL of a service: its setting `HUAWEICLOUD_…_ENDPOINT`, else `https://<service>.<region>.myhuaweicloud.com` (the region lists of the
 * Node SDK 3.1.209); of SMS {@link smsEndpoint}. Of OBS the bucket's name comes before it. Buckets and topics are reached in their own region only.
 *
 * `eu-west-101` lies under `myhuaweicloud.eu`, where the region lists of other SDKs have it; for DCS the list of the Node SDK says `.com`,
 * and whether that one answers is unconfirmed. A region that is run by a partner needs the setting.
 *
 * @throws {ConfigError} for a region id that is none, or a setting that {@link checkEndpoint} refuses
 */
export function endpointOf(
  service: Service,
  region: string,
  settings: Partial<Pick<Settings, EndpointSetting>>,
): string {
  const setting = `HUAWEICLOUD_${service}_ENDPOINT` as const;
  const override = settings[setting];
  if (override) return checkEndpoint(setting, override);
  checkRegion(region);
  if (service === 'SMS') return smsEndpoint(region);
  const domain = region === 'eu-west-101' ? 'myhuaweicloud.eu' : 'myhuaweicloud.com';
  return `https://${service.toLowerCase()}.${region}.${domain}`;
}

/**
 * SMS goes by site and not by region: the target of a migration may lie in any region of the site.
 *
 * `my-kualalumpur-1` and `ru-moscow-1` have their own (SmsRegion of the Node SDK 3.1.209); regions in China use `cn-north-4`, those of the
 * EU site `sms.myhuaweicloud.eu`, all others `ap-southeast-3` (terraform-provider-huaweicloud, 2026-08).
 */
function smsEndpoint(region: string): string {
  if (region.startsWith('cn-')) return 'https://sms.cn-north-4.myhuaweicloud.com';
  if (region === 'my-kualalumpur-1') return 'https://sms.my-kualalumpur-1.myhuaweicloud.com';
  if (region === 'ru-moscow-1') return 'https://sms-api.ru-moscow-1.myhuaweicloud.com';
  if (region.startsWith('eu-')) return 'https://sms.myhuaweicloud.eu';
  return 'https://sms.ap-southeast-3.myhuaweicloud.com';
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

function checkRegion(region: string): void {
  if (REGION.test(region)) return;
  throw new ConfigError('settings', [
    { path: ['HUAWEICLOUD_REGION'], message: `${JSON.stringify(region)} is no region id, as ap-southeast-3 is one` },
  ]);
}
