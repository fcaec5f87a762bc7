/**
 * The regions in the SDK's lists (DcsRegion and FunctionGraphRegion of huaweicloud-sdk-nodejs-v3 3.1.211; SmsRegion has four of them), each with the
 * time zone of its city, which FunctionGraph uses for a cron without `CRON_TZ` (user manual functiongraph_01_0908).
 */
const CHINA = 'Asia/Shanghai';
export const REGIONS: Readonly<Record<string, string>> = {
  'ae-ad-1': 'Asia/Dubai',
  'af-south-1': 'Africa/Johannesburg',
  'ap-southeast-1': 'Asia/Hong_Kong',
  'ap-southeast-2': 'Asia/Bangkok',
  'ap-southeast-3': 'Asia/Singapore',
  'ap-southeast-4': 'Asia/Jakarta',
  'ap-southeast-5': 'Asia/Manila',
  'cn-east-2': CHINA,
  'cn-east-3': CHINA,
  'cn-east-4': CHINA,
  'cn-east-5': CHINA,
  'cn-north-1': CHINA,
  'cn-north-2': CHINA,
  'cn-north-4': CHINA,
  'cn-north-9': CHINA,
  'cn-north-11': CHINA,
  'cn-north-12': CHINA,
  'cn-south-1': CHINA,
  'cn-south-2': CHINA,
  'cn-south-4': CHINA,
  'cn-southwest-2': CHINA,
  'cn-southwest-3': CHINA,
  'eu-west-0': 'Europe/Paris',
  'eu-west-101': 'Europe/Dublin',
  'la-north-2': 'America/Mexico_City',
  'la-south-2': 'America/Santiago',
  'me-east-1': 'Asia/Riyadh',
  'my-kualalumpur-1': 'Asia/Kuala_Lumpur',
  'na-mexico-1': 'America/Mexico_City',
  'ru-moscow-1': 'Europe/Moscow',
  'ru-northwest-2': 'Europe/Moscow',
  'sa-brazil-1': 'America/Sao_Paulo',
  'tr-west-1': 'Europe/Istanbul',
};

/** The time zone of a region; `undefined` for an unknown region. */
export function regionTimeZone(region: string): string | undefined {
  return Object.hasOwn(REGIONS, region) ? REGIONS[region] : undefined;
}
