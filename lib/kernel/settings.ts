import { ConfigError, type Problem } from './errors.ts';
import { PROJECT_ID } from './project-id.ts';
import { rateMs } from './rate.ts';
import { RECONCILE_EVERY, RECONCILE_INTERVAL_MS } from './reconcile-interval.ts';
import { REGION } from './region.ts';

/** How the keys in OBS events are encoded, per route. `auto`: the event does not say, so the bucket is checked. */
const KEY_ENCODINGS = ['auto', 'encoded', 'raw'] as const;
export type KeyEncoding = (typeof KEY_ENCODINGS)[number];
const OBJECT_ROUTES = ['direct', 'eventgrid', 'smn'] as const;
type ObjectRoute = (typeof OBJECT_ROUTES)[number];
export type ObjectKeys = Readonly<Record<ObjectRoute, KeyEncoding>>;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One setting: how to parse it, its fallback, who reads it, and its row in docs/settings.md. */
interface Setting<T> {
  readonly parse: (text: string) => T | undefined;
  readonly expected: string;
  readonly fallback: T;
  /** `keys`: the credentials of functions. `behaviour`: what is the same in every environment. Absent: which environment they work in. */
  readonly group?: 'keys' | 'behaviour';
  /** Only commands read it, deployed functions do not. */
  readonly commandsOnly?: true;
  /** Its value is a credential, and must not be shown. */
  readonly secret?: true;
  /** The name that the SDK samples use for the same thing. */
  readonly alias?: string;
  readonly doc: string;
  /** What applies when it is not set, if `fallback` does not explain it. */
  readonly whenUnset?: string;
}

/** A path prefix that a gateway may add. */
export const BASE_PATH = /^(\/[A-Za-z0-9._~-]+)+$/;

const MAX_PREFIX_LENGTH = 64;
/** Segments as in the prefix of a ledger; never `.` or `..`. */
export const STAGE_PREFIX = /^(?:(?!\.{1,2}\/)[A-Za-z0-9_.-]+\/)+$/;

const define = <T>(setting: Setting<T>): Setting<T> => setting;
const anyText = { parse: (text: string) => text, expected: 'a string' };
const id = (what: string) => ({
  parse: (text: string) => (PROJECT_ID.test(text) ? text : undefined),
  expected: `${what} (letters, digits, _ and -)`,
});
const key = { ...anyText, fallback: undefined, group: 'keys', commandsOnly: true } as const;

function endpoint(service: string, more = '', whenUnset = 'the public endpoint of the region') {
  return define<string | undefined>({
    parse: (text) => {
      const url = text.replace(/\/$/, '');
      return /^https?:\/\/[^\s/?#@]+$/.test(url) ? url : undefined;
    },
    expected: 'a base URL such as https://dcs.example.com, without a path',
    fallback: undefined,
    doc: `base URL of ${service}${more}`,
    whenUnset,
  });
}

/** The stage of `npx serverless deploy` without --stage, so that functions that were deployed in another way have the same one. */
const STAGE = 'dev';

/** Every setting of the functions. docs/settings.md is generated from these entries. */
export const SETTINGS = {
  MIGRATIONS_FILE: define<string | undefined>({
    ...anyText,
    fallback: undefined,
    doc: 'another jobs file, YAML or JSON; a relative path is resolved from the bundle’s folder',
    whenUnset: '`migrations.json` beside the bundle; for a command, `migrations.yml` in this folder or above',
  }),
  MIGRATIONS_LEDGER_FOLDER: define<string | undefined>({
    ...anyText,
    fallback: undefined,
    commandsOnly: true,
    doc: 'a folder as the ledger, for one machine only; functions on different machines do not share it',
    whenUnset: 'the ledger of the jobs file',
  }),
  MIGRATIONS_STAGE: define<string>({
    parse: (text) => (/^[A-Za-z0-9._-]{1,63}$/.test(text) ? text : undefined),
    expected: 'at most 63 letters, digits, dots, dashes and underscores',
    fallback: STAGE,
    doc: 'the stage that owns the runs, beside region and project: a ledger that belongs to another stage is refused; a deploy sets it to its own stage; `npm start` uses `local`. See [two environments on one ledger](runbook.md#two-environments-on-one-ledger)',
    whenUnset: `\`${STAGE}\`; for a command, \`provider.stage\` of \`serverless.yml\`, if set`,
  }),
  MIGRATIONS_PREFIX: define<string>({
    parse: (text) => (text.length <= MAX_PREFIX_LENGTH && STAGE_PREFIX.test(text) ? text : undefined),
    expected: `at most ${MAX_PREFIX_LENGTH} letters, digits, "_", "." or "-", in segments that each end with "/", such as staging/`,
    fallback: '',
    doc: 'the prefix of the stage: put before the prefix of the ledger and before the keys that jobs watch (`key`, and `by` of a set), so that stages share no bucket rule and no ledger; a deploy sets it to `provider.prefix`',
    whenUnset: 'no prefix; for a command, `provider.prefix` of `serverless.yml`, if set',
  }),
  HUAWEICLOUD_REGION: define<string | undefined>({
    parse: (text) => (REGION.test(text) ? text : undefined),
    expected: 'a region such as ap-southeast-3',
    fallback: undefined,
    doc: 'region of the DCS calls',
    whenUnset: '`region` of the jobs file',
  }),
  HUAWEICLOUD_PROJECT_ID: define<string | undefined>({
    ...id('a project id'),
    fallback: undefined,
    doc: 'project of the DCS calls',
    whenUnset: 'the function’s project; required by commands with `--cloud`',
  }),
  HUAWEICLOUD_DOMAIN_ID: define<string | undefined>({
    ...id('an account id'),
    fallback: undefined,
    doc: 'account id sent with SMS calls; some SMS endpoints may require it',
    whenUnset: 'the header is left out',
  }),
  HUAWEICLOUD_DCS_ENDPOINT: endpoint('DCS'),
  HUAWEICLOUD_SMS_ENDPOINT: endpoint('SMS', '', 'the public endpoint of the site, which is not that of the region'),
  HUAWEICLOUD_OBS_ENDPOINT: endpoint('OBS', '; for the ledger and for the objects in your buckets'),
  HUAWEICLOUD_ECS_ENDPOINT: endpoint('ECS'),
  HUAWEICLOUD_CSMS_ENDPOINT: endpoint(
    'CSMS',
    ', the secret store of DEW',
    'the public endpoint of KMS in the region, which serves both',
  ),
  HUAWEICLOUD_IAM_ENDPOINT: endpoint('IAM'),
  HUAWEICLOUD_SMN_ENDPOINT: endpoint('SMN'),
  HUAWEICLOUD_CES_ENDPOINT: endpoint('CES (Cloud Eye)'),
  HUAWEICLOUD_SDK_AK: define<string | undefined>({
    ...key,
    alias: 'CLOUD_SDK_AK',
    doc: 'access key, outside FunctionGraph',
    whenUnset: 'the agency’s temporary key',
  }),
  HUAWEICLOUD_SDK_SK: define<string | undefined>({
    ...key,
    secret: true,
    alias: 'CLOUD_SDK_SK',
    doc: 'secret key, outside FunctionGraph',
    whenUnset: 'the agency’s temporary key',
  }),
  HUAWEICLOUD_SDK_SECURITY_TOKEN: define<string | undefined>({
    ...key,
    secret: true,
    doc: 'security token of temporary keys, outside FunctionGraph',
    whenUnset: 'the agency’s token',
  }),
  OBJECT_KEYS: define<ObjectKeys>({
    parse: parseObjectKeys,
    expected:
      'auto, encoded, raw, or per route (direct, eventgrid, smn; each once) such as direct=encoded,eventgrid=raw',
    fallback: { direct: 'auto', eventgrid: 'auto', smn: 'auto' },
    group: 'behaviour',
    doc: 'how keys in OBS events are encoded: [object keys](#object-keys)',
    whenUnset: '`auto`',
  }),
  WEBHOOK_BASE_PATH: define<string>({
    parse: (text) => {
      const path = text.replace(/\/$/, '');
      return path === '' || BASE_PATH.test(path) ? path : undefined;
    },
    expected: 'a path such as /migrations',
    fallback: '',
    group: 'behaviour',
    doc: 'the path prefix of the gateway before /jobs/...',
    whenUnset: 'no prefix',
  }),
  WEBHOOK_ANSWER_SECONDS: define<number>({
    parse: (text) => (/^\d+(\.\d+)?$/.test(text) && Number(text) >= 1 && Number(text) <= 60 ? Number(text) : undefined),
    expected: 'seconds from 1 to 60',
    fallback: 4,
    group: 'behaviour',
    doc: 'the webhook responds within this time; stay below the gateway’s own limit, which is 5 s by default',
  }),
  RECONCILE_EVERY: define<number>({
    parse: rateMs,
    expected: 'the rate of a timer, such as 15m or 1h',
    fallback: RECONCILE_INTERVAL_MS,
    group: 'behaviour',
    doc: 'the rate of the timer of `reconcile`, the only function that reads it: it is late after three intervals without a tick, and never before 15 minutes; a deploy sets it to `provider.reconcileEvery`',
    whenUnset: `\`${RECONCILE_EVERY}\``,
  }),
  LOG_LEVEL: define<LogLevel>({
    parse: (text) => LOG_LEVELS.find((level) => level === text.toLowerCase()),
    expected: LOG_LEVELS.join(', '),
    fallback: 'info',
    group: 'behaviour',
    doc: 'the minimum level that is logged',
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [Name in SettingName]: (typeof SETTINGS)[Name]['fallback'] };
export type EndpointSetting = Extract<SettingName, `HUAWEICLOUD_${string}_ENDPOINT`>;

/** The names of the settings that match a predicate, in the order of the table. */
export function settingNames(matches: (setting: Setting<unknown>, name: SettingName) => boolean): SettingName[] {
  const names = Object.keys(SETTINGS) as SettingName[];
  return names.filter((name) => matches(SETTINGS[name] as Setting<unknown>, name));
}

/** A variable of the function if the platform has it, else one of the process. An empty value counts as absent. */
export function lookUp(
  userData: (name: string) => string | undefined,
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  return userData(name) || env[name] || undefined;
}

/** The unparsed value of a setting, under its name or its alias; `undefined` when neither is set. */
export function rawSetting(name: SettingName, get: (name: string) => string | undefined): string | undefined {
  const { alias } = SETTINGS[name];
  return get(name) ?? (alias ? get(alias) : undefined);
}

/**
 * Parses every setting.
 *
 * @throws {ConfigError} with all invalid settings. Values are not included, because some are secrets
 */
export function readSettings(get: (name: string) => string | undefined): Settings {
  const problems: Problem[] = [];
  const entries = Object.entries(SETTINGS).map(([name, setting]: [string, Setting<unknown>]) => {
    const text = rawSetting(name as SettingName, get);
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
