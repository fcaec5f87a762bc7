import { suggest } from '../schema/suggest.ts';

const AREA_CITY =
  /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)(?:\/[A-Z][A-Za-z0-9_+-]*){1,2}$/;
/** How a zone is written in a jobs file, for its schema. */
export const TIME_ZONE = new RegExp(`^UTC$|${AREA_CITY.source}`);

/** What abbreviations stand for that mean different zones to different readers, or that programs read as another than people. */
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

/** Cities that people look for, and that share the zone of another. */
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

/** The city that was probably meant: in another case, without its area, by an old name, or with a slip. */
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

/** Is it the name of a city's zone? Runtimes differ in whether case counts, and FunctionGraph's is not documented: here it does. */
function isCity(name: string): boolean {
  if (!AREA_CITY.test(name) || !isKnown(name)) return false;
  const written = cities().find((zone) => zone.toLowerCase() === name.toLowerCase());
  return written === undefined || written === name;
}

/** Zones that were found right, for a file may name one a thousand times. */
const right = new Set(['UTC']);

/** What stands where a time zone should. */
export interface TimeZoneProblem {
  /** What it is; absent when nobody knows. */
  readonly given?: string;
  /** What to write: one city or several, or `UTC`. */
  readonly write: string;
}

/**
 * What is wrong with a time zone; `undefined` when nothing is. Only `Area/City` and `UTC` are taken: abbreviations mean other zones to other
 * readers, `Etc/GMT+8` lies west of Greenwich, and an offset knows no summer time.
 */
export function timeZoneProblem(name: string): TimeZoneProblem | undefined {
  if (right.has(name)) return undefined;
  if (isCity(name)) {
    right.add(name);
    return undefined;
  }
  const upper = name.toUpperCase();
  const cities = Object.hasOwn(ABBREVIATIONS, upper) ? ABBREVIATIONS[upper] : undefined;
  if (cities !== undefined) return { given: 'an abbreviation, which others read as another zone', write: cities };
  if (/^(?:etc\/)?(?:utc|uct|universal|zulu)$/i.test(name)) return { given: 'another name of UTC', write: 'UTC' };
  if (/^(?:etc\/)?(?:gmt|utc)?[+-]?\d/i.test(name)) {
    return { given: 'an offset, which knows no summer time and whose sign is read both ways', write: 'Asia/Shanghai' };
  }
  return { write: cityFor(name) ?? 'Europe/Berlin' };
}

/** The date that clocks in a time zone show at a moment, as `YYYY-MM-DD`. `undefined` when the text is no moment. */
export function dateInZone(time: string, timeZone: string): string | undefined {
  const moment = new Date(time);
  if (Number.isNaN(moment.getTime())) return undefined;
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const of = new Map(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${of.get('year')?.padStart(4, '0')}-${of.get('month')}-${of.get('day')}`;
}
