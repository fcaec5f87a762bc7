import { ConfigError } from '../../kernel/errors.ts';
import { REGION } from '../../kernel/region.ts';
import type { EndpointSetting, Settings } from '../../kernel/settings.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** A service whose endpoint can be set. */
export type Service = EndpointSetting extends `HUAWEICLOUD_${infer Name}_ENDPOINT` ? Name : never;

/**
 * The base URL of a service: its setting `HUAWEICLOUD_…_ENDPOINT`, otherwise `https://<service>.<region>.myhuaweicloud.com` (region lists of the
 * Node SDK 3.1.209), or {@link smsEndpoint} for SMS. For OBS the bucket name is prepended. Buckets and topics are reachable only in their own region.
 *
 * `eu-west-101` is under `myhuaweicloud.eu`, as in the region lists of other SDKs; for DCS the list of the Node SDK says `.com`, which is
 * unconfirmed. A region that is run by a partner needs the setting.
 *
 * @throws {ConfigError} for an invalid region ID, or a setting that {@link checkEndpoint} refuses
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
  // CSMS has no host of its own in the region lists.
  const host = service === 'CSMS' ? 'kms' : service.toLowerCase();
  return `https://${host}.${region}.${domain}`;
}

/**
 * The SMS endpoint depends on the site, not on the region: the target of a migration may be in any region of the site.
 *
 * `my-kualalumpur-1` and `ru-moscow-1` have their own endpoints (SmsRegion of the Node SDK 3.1.209); regions in China use `cn-north-4`, those of the
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
 * Checks a base URL and returns it without a trailing slash. Requests contain passwords, so it must be https, unless the host is this
 * machine.
 *
 * @param setting the setting's name, for the error
 * @throws {ConfigError} when it is not a URL, not https, or has more than scheme, host and port
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
  if (url.protocol !== 'https:' && !local)
    throw refuse('must start with https:// (http:// is allowed only for this machine)');
  // The path would be signed and sent in front of the operation's own; credentials in a URL end up in logs.
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) {
    throw refuse('must contain only scheme, host and port');
  }
  return url.origin;
}

function checkRegion(region: string): void {
  if (REGION.test(region)) return;
  throw new ConfigError('settings', [
    { path: ['HUAWEICLOUD_REGION'], message: `${JSON.stringify(region)} is not a region ID such as ap-southeast-3` },
  ]);
}
