import { suggest } from '../schema/suggest.ts';

const AREA_CITY =
  /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)(?:\/[A-Z][A-Za-z0-9_+-]*){1,2}$/;
/** The syntax of a time zone in a jobs file, for its schema. */
export const TIME_ZONE = new RegExp(`^UTC$|${AREA_CITY.source}`);

/** The zones of abbreviations that are ambiguous, or that programs and people interpret differently. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  AEST: 'Australia/Sydney or Australia/Brisbane',
  AST: 'Asia/Riyadh or America/Halifax',
  BST: 'Europe/London or Asia/Dhaka',
  CEST: 'Europe/Berlin',
  CET: 'Europe/Berlin',
  CST: 'Asia/Shanghai or America/Chicago',
  ECT: 'Europe/Paris or America/Guayaquil',
  EET: 'Europe/Athens',
  EST: 'America/New_York or America/Panama',
  EST5EDT: 'America/New_York',
  GMT: 'UTC or Europe/London',
  GST: 'Asia/Dubai',
  HKT: 'Asia/Hong_Kong',
  IST: 'Asia/Kolkata, Europe/Dublin or Asia/Jerusalem',
  JST: 'Asia/Tokyo',
  KST: 'Asia/Seoul',
  MSK: 'Europe/Moscow',
  MST: 'America/Denver or America/Phoenix',
  PRC: 'Asia/Shanghai',
  PST: 'America/Los_Angeles or Asia/Manila',
  SGT: 'Asia/Singapore',
  SST: 'Asia/Singapore or Pacific/Pago_Pago',
  WET: 'Europe/Lisbon',
  WIB: 'Asia/Jakarta',
  Z: 'UTC',
};

/** Cities that have no zone of their own. */
const CITIES: Readonly<Record<string, string>> = {
  beijing: 'Asia/Shanghai',
  guangzhou: 'Asia/Shanghai',
  shenzhen: 'Asia/Shanghai',
  delhi: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  frankfurt: 'Europe/Berlin',
  san_francisco: 'America/Los_Angeles',
  washington: 'America/New_York',
};

function isKnown(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const cities = () => Intl.supportedValuesOf('timeZone').filter((zone) => AREA_CITY.test(zone));

/** The zone that was probably meant: given in another case, without its area, by an old name, or with a typo. */
function cityFor(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll(/[ -]/g, '_');
  const named = cities().find((zone) => zone.toLowerCase() === plain || zone.toLowerCase().endsWith(`/${plain}`));
  if (named !== undefined) return named;
  const last = plain.slice(plain.lastIndexOf('/') + 1);
  if (Object.hasOwn(CITIES, last)) return CITIES[last];
  if (!isKnown(name)) return suggest(name, cities());
  const { timeZone } = new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions();
  return AREA_CITY.test(timeZone) ? timeZone : undefined;
}

/** Is it the zone of a city? Case-sensitive, because runtimes differ and FunctionGraph's behaviour is not documented. */
function isCity(name: string): boolean {
  if (!AREA_CITY.test(name) || !isKnown(name)) return false;
  const written = cities().find((zone) => zone.toLowerCase() === name.toLowerCase());
  return written === undefined || written === name;
}

/** Cache of valid zones, because a file may name one a thousand times. */
const validZones = new Set(['UTC']);

/** An invalid time zone. */
export interface TimeZoneProblem {
  /** What it is instead; absent when unknown. */
  readonly given?: string;
  /** What to write: one city or several, or `UTC`. */
  readonly write: string;
}

/**
 * What is wrong with a time zone; `undefined` when it is valid. Only `Area/City` and `UTC` are accepted: abbreviations are ambiguous, `Etc/GMT+8` is
 * west of Greenwich, and an offset has no daylight saving time.
 */
export function timeZoneProblem(name: string): TimeZoneProblem | undefined {
  if (validZones.has(name)) return undefined;
  if (isCity(name)) {
    validZones.add(name);
    return undefined;
  }
  const upper = name.toUpperCase();
  const cities = Object.hasOwn(ABBREVIATIONS, upper) ? ABBREVIATIONS[upper] : undefined;
  if (cities !== undefined) return { given: 'an ambiguous abbreviation', write: cities };
  if (/^(?:etc\/)?(?:utc|uct|universal|zulu)$/i.test(name)) return { given: 'another name for UTC', write: 'UTC' };
  if (/^(?:etc\/)?(?:gmt|utc)?[+-]?\d/i.test(name)) {
    return {
      given: 'an offset, which has no daylight saving time and whose sign is ambiguous',
      write: 'Asia/Shanghai',
    };
  }
  return { write: cityFor(name) ?? 'Europe/Berlin' };
}

/** The local date of a time in a time zone, as `YYYY-MM-DD`. `undefined` when the time is not valid. */
export function dateInZone(time: string, timeZone: string): string | undefined {
  const moment = new Date(time);
  if (Number.isNaN(moment.getTime())) return undefined;
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const of = new Map(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${of.get('year')?.padStart(4, '0')}-${of.get('month')}-${of.get('day')}`;
}
