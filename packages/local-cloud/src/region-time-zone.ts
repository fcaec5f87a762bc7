/** The time zones of regions, in which FunctionGraph evaluates cron expressions without `CRON_TZ`. */
const ZONES: Readonly<Record<string, string>> = {
  'ae-ad-1': 'Asia/Dubai',
  'af-south-1': 'Africa/Johannesburg',
  'ap-southeast-1': 'Asia/Hong_Kong',
  'ap-southeast-2': 'Asia/Bangkok',
  'ap-southeast-3': 'Asia/Singapore',
  'ap-southeast-4': 'Asia/Jakarta',
  'ap-southeast-5': 'Asia/Manila',
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

/** The time zone of a region; UTC for an unknown region. */
export function regionTimeZone(region: string): string {
  if (region.startsWith('cn-')) return 'Asia/Shanghai';
  return ZONES[region] ?? 'UTC';
}
