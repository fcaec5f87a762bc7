import { ConfigError, type Problem } from './errors.ts';

/** How the keys in OBS events are written, for each way that an event comes. `auto`: the event does not say, and the bucket is asked. */
export const KEY_ENCODINGS = ['auto', 'encoded', 'raw'] as const;
export type KeyEncoding = (typeof KEY_ENCODINGS)[number];
export const OBJECT_ROUTES = ['direct', 'eventgrid', 'smn'] as const;
export type ObjectRoute = (typeof OBJECT_ROUTES)[number];
export type ObjectKeys = Readonly<Record<ObjectRoute, KeyEncoding>>;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One setting: how its text is understood, what holds without it, and a line for the documentation. */
interface Setting<T> {
  readonly parse: (text: string) => T | undefined;
  readonly expected: string;
  readonly fallback: T;
  readonly doc: string;
}

const define = <T>(setting: Setting<T>): Setting<T> => setting;
const anyText = { parse: (text: string) => text, expected: 'a string' };
const httpUrl = {
  parse: (text: string) =>
    /^https?:\/\/[^\s/?#@]+$/.test(text.replace(/\/$/, '')) ? text.replace(/\/$/, '') : undefined,
  expected: 'a base URL like https://dcs.example.com, without a path',
};

/** Every setting of the functions. docs/settings.md is made from these entries. */
export const SETTINGS = {
  MIGRATIONS_FILE: define<string | undefined>({
    ...anyText,
    fallback: undefined,
    doc: 'another jobs file, YAML or JSON',
  }),
  MIGRATIONS_LEDGER_FOLDER: define<string | undefined>({
    ...anyText,
    fallback: undefined,
    doc: 'a folder as the ledger, for one machine',
  }),
  MIGRATIONS_STAGE: define<string>({
    parse: (text) => (/^[A-Za-z0-9._-]{1,63}$/.test(text) ? text : undefined),
    expected: 'at most 63 letters, digits, dots, dashes and underscores',
    // The stage of `npx serverless deploy` without --stage, so that functions that were put up in another way agree with it.
    fallback: 'dev',
    doc: 'whose the runs are, beside region and project: a ledger that belongs to another stage is refused',
  }),
  HUAWEICLOUD_REGION: define<string | undefined>({
    parse: (text) => (/^[a-z]{2}-[a-z]+-\d+$/.test(text) ? text : undefined),
    expected: 'a region like ap-southeast-3',
    fallback: undefined,
    doc: 'region of the DCS calls',
  }),
  HUAWEICLOUD_PROJECT_ID: define<string | undefined>({
    parse: (text) => (/^[0-9a-zA-Z]{1,64}$/.test(text) ? text : undefined),
    expected: 'a project id (letters and digits)',
    fallback: undefined,
    doc: 'project of the DCS calls',
  }),
  HUAWEICLOUD_DOMAIN_ID: define<string | undefined>({
    parse: (text) => (/^[0-9a-zA-Z]{1,64}$/.test(text) ? text : undefined),
    expected: 'an account id (letters and digits)',
    fallback: undefined,
    doc: 'account id sent with SMS calls',
  }),
  HUAWEICLOUD_DCS_ENDPOINT: define<string | undefined>({ ...httpUrl, fallback: undefined, doc: 'base URL of DCS' }),
  HUAWEICLOUD_SMS_ENDPOINT: define<string | undefined>({ ...httpUrl, fallback: undefined, doc: 'base URL of SMS' }),
  HUAWEICLOUD_OBS_ENDPOINT: define<string | undefined>({ ...httpUrl, fallback: undefined, doc: 'base URL of OBS' }),
  HUAWEICLOUD_ECS_ENDPOINT: define<string | undefined>({ ...httpUrl, fallback: undefined, doc: 'base URL of ECS' }),
  HUAWEICLOUD_IAM_ENDPOINT: define<string | undefined>({ ...httpUrl, fallback: undefined, doc: 'base URL of IAM' }),
  HUAWEICLOUD_SMN_ENDPOINT: define<string | undefined>({ ...httpUrl, fallback: undefined, doc: 'base URL of SMN' }),
  HUAWEICLOUD_SDK_AK: define<string | undefined>({
    ...anyText,
    fallback: undefined,
    doc: 'access key, outside FunctionGraph',
  }),
  HUAWEICLOUD_SDK_SK: define<string | undefined>({
    ...anyText,
    fallback: undefined,
    doc: 'secret key, outside FunctionGraph',
  }),
  HUAWEICLOUD_SDK_SECURITY_TOKEN: define<string | undefined>({
    ...anyText,
    fallback: undefined,
    doc: 'security token of temporary keys, outside FunctionGraph',
  }),
  OBJECT_KEYS: define<ObjectKeys>({
    parse: parseObjectKeys,
    expected: 'auto, encoded, raw, or per route (direct, eventgrid, smn; each once) like direct=encoded,eventgrid=raw',
    fallback: { direct: 'auto', eventgrid: 'auto', smn: 'auto' },
    doc: 'how keys in OBS events are written',
  }),
  WEBHOOK_BASE_PATH: define<string>({
    parse: (text) =>
      /^(\/[A-Za-z0-9._~-]+)+\/?$/.test(text) ? text.replace(/\/$/, '') : text === '/' ? '' : undefined,
    expected: 'a path like /migrations',
    fallback: '',
    doc: 'what the gateway puts before /jobs/...',
  }),
  WEBHOOK_ANSWER_SECONDS: define<number>({
    parse: (text) => (/^\d+(\.\d+)?$/.test(text) && Number(text) >= 1 && Number(text) <= 60 ? Number(text) : undefined),
    expected: 'seconds from 1 to 60',
    fallback: 4,
    doc: 'the webhook answers within',
  }),
  LOG_LEVEL: define<LogLevel>({
    parse: (text) => LOG_LEVELS.find((level) => level === text.toLowerCase()),
    expected: LOG_LEVELS.join(', '),
    fallback: 'info',
    doc: 'the least that is logged',
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [Name in SettingName]: (typeof SETTINGS)[Name]['fallback'] };

/** Names that the SDK samples use for the same thing. */
const OTHER_NAMES: Partial<Record<SettingName, string>> = {
  HUAWEICLOUD_SDK_AK: 'CLOUD_SDK_AK',
  HUAWEICLOUD_SDK_SK: 'CLOUD_SDK_SK',
};

/** A function's variable if the platform has it, else the process's. An empty one counts as absent. */
export function lookUp(
  userData: (name: string) => string | undefined,
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  return userData(name) || env[name] || undefined;
}

/**
 * Reads every setting.
 *
 * @throws {ConfigError} with all bad settings at once; values are not repeated, for some are secrets
 */
export function readSettings(get: (name: string) => string | undefined): Settings {
  const problems: Problem[] = [];
  const entries = Object.entries(SETTINGS).map(([name, setting]: [string, Setting<unknown>]) => {
    const other = OTHER_NAMES[name as SettingName];
    const text = get(name) ?? (other ? get(other) : undefined);
    if (text === undefined) return [name, setting.fallback];
    const value = setting.parse(text);
    if (value === undefined) problems.push({ path: [name], message: `expected ${setting.expected}` });
    return [name, value];
  });
  if (problems.length > 0) throw new ConfigError('settings', problems);
  return Object.fromEntries(entries) as Settings;
}

function parseObjectKeys(text: string): ObjectKeys | undefined {
  const isEncoding = (word: string | undefined): word is KeyEncoding => KEY_ENCODINGS.some((known) => known === word);
  if (isEncoding(text)) return { direct: text, eventgrid: text, smn: text };
  const keys: Record<ObjectRoute, KeyEncoding> = { direct: 'auto', eventgrid: 'auto', smn: 'auto' };
  const given = new Set<ObjectRoute>();
  for (const part of text.split(',')) {
    const [name, encoding, ...rest] = part.split('=').map((word) => word.trim());
    const route = OBJECT_ROUTES.find((candidate) => candidate === name);
    if (!route || !isEncoding(encoding) || rest.length > 0 || given.has(route)) return undefined;
    given.add(route);
    keys[route] = encoding;
  }
  return keys;
}
