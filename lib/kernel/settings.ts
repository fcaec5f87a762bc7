import { ConfigError, type Problem } from './errors.ts';
import { PROJECT_ID } from './project-id.ts';
import { REGION } from './region.ts';

/** How the keys in OBS events are written, for each way that an event comes. `auto`: the event does not say, and the bucket is asked. */
const KEY_ENCODINGS = ['auto', 'encoded', 'raw'] as const;
export type KeyEncoding = (typeof KEY_ENCODINGS)[number];
const OBJECT_ROUTES = ['direct', 'eventgrid', 'smn'] as const;
type ObjectRoute = (typeof OBJECT_ROUTES)[number];
export type ObjectKeys = Readonly<Record<ObjectRoute, KeyEncoding>>;

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One setting: how its text is understood, what holds without it, who reads it, and its row of docs/settings.md. */
interface Setting<T> {
  readonly parse: (text: string) => T | undefined;
  readonly expected: string;
  readonly fallback: T;
  /** `keys`: as whom functions work. `behaviour`: how they do it, which holds anywhere. Else it says where, or for whom. */
  readonly group?: 'keys' | 'behaviour';
  /** Is it for commands alone, and not for a deployed function? */
  readonly outside?: true;
  /** Does its value give power, so that it may not be seen? */
  readonly secret?: true;
  /** The name that the SDK samples use for the same thing. */
  readonly otherName?: string;
  readonly doc: string;
  /** What holds when it is not set, where `fallback` does not say it to a person. */
  readonly without?: string;
}

/** What a gateway may put before our paths. */
export const BASE_PATH = /^(\/[A-Za-z0-9._~-]+)+$/;

const define = <T>(setting: Setting<T>): Setting<T> => setting;
const anyText = { parse: (text: string) => text, expected: 'a string' };
const id = (what: string) => ({
  parse: (text: string) => (PROJECT_ID.test(text) ? text : undefined),
  expected: `${what} (letters, digits, _ and -)`,
});
const key = { ...anyText, fallback: undefined, group: 'keys', outside: true } as const;

function endpoint(service: string, more = '', without = 'the public endpoint of the region') {
  return define<string | undefined>({
    parse: (text) => {
      const url = text.replace(/\/$/, '');
      return /^https?:\/\/[^\s/?#@]+$/.test(url) ? url : undefined;
    },
    expected: 'a base URL like https://dcs.example.com, without a path',
    fallback: undefined,
    doc: `base URL of ${service}${more}`,
    without,
  });
}

/** The stage of `npx serverless deploy` without --stage, so that functions that were put up in another way agree with it. */
const STAGE = 'dev';

/** Every setting of the functions. docs/settings.md is made from these entries. */
export const SETTINGS = {
  MIGRATIONS_FILE: define<string | undefined>({
    ...anyText,
    fallback: undefined,
    doc: 'another jobs file, YAML or JSON; a relative path counts from the bundle’s folder',
    without: '`migrations.json` beside the bundle; of a command `migrations.yml` in this folder or above',
  }),
  MIGRATIONS_LEDGER_FOLDER: define<string | undefined>({
    ...anyText,
    fallback: undefined,
    outside: true,
    doc: 'a folder as the ledger, for one machine; functions of different machines do not see each other through it',
    without: 'the ledger of the jobs file',
  }),
  MIGRATIONS_STAGE: define<string>({
    parse: (text) => (/^[A-Za-z0-9._-]{1,63}$/.test(text) ? text : undefined),
    expected: 'at most 63 letters, digits, dots, dashes and underscores',
    fallback: STAGE,
    doc: 'whose the runs are, beside region and project: a ledger that belongs to another stage is refused; a deploy sets it to its stage; `npm start` is `local`. See [two environments on one ledger](runbook.md#two-environments-on-one-ledger)',
    without: `\`${STAGE}\`; of a command \`provider.stage\` of \`serverless.yml\`, if that says it`,
  }),
  HUAWEICLOUD_REGION: define<string | undefined>({
    parse: (text) => (REGION.test(text) ? text : undefined),
    expected: 'a region like ap-southeast-3',
    fallback: undefined,
    doc: 'region of the DCS calls',
    without: '`region` of the jobs file',
  }),
  HUAWEICLOUD_PROJECT_ID: define<string | undefined>({
    ...id('a project id'),
    fallback: undefined,
    doc: 'project of the DCS calls',
    without: 'the function’s project; a command with `--cloud` needs it',
  }),
  HUAWEICLOUD_DOMAIN_ID: define<string | undefined>({
    ...id('an account id'),
    fallback: undefined,
    doc: 'account id sent with SMS calls; some SMS endpoints may want it',
    without: 'none: the header is left out',
  }),
  HUAWEICLOUD_DCS_ENDPOINT: endpoint('DCS'),
  HUAWEICLOUD_SMS_ENDPOINT: endpoint('SMS', '', 'the public endpoint of the site, which is not that of the region'),
  HUAWEICLOUD_OBS_ENDPOINT: endpoint('OBS', '; for the ledger and for what lies in your buckets'),
  HUAWEICLOUD_ECS_ENDPOINT: endpoint('ECS'),
  HUAWEICLOUD_IAM_ENDPOINT: endpoint('IAM'),
  HUAWEICLOUD_SMN_ENDPOINT: endpoint('SMN'),
  HUAWEICLOUD_SDK_AK: define<string | undefined>({
    ...key,
    otherName: 'CLOUD_SDK_AK',
    doc: 'access key, outside FunctionGraph',
    without: 'the agency’s temporary key',
  }),
  HUAWEICLOUD_SDK_SK: define<string | undefined>({
    ...key,
    secret: true,
    otherName: 'CLOUD_SDK_SK',
    doc: 'secret key, outside FunctionGraph',
    without: 'the agency’s temporary key',
  }),
  HUAWEICLOUD_SDK_SECURITY_TOKEN: define<string | undefined>({
    ...key,
    secret: true,
    doc: 'security token of temporary keys, outside FunctionGraph',
    without: 'the agency’s token',
  }),
  OBJECT_KEYS: define<ObjectKeys>({
    parse: parseObjectKeys,
    expected: 'auto, encoded, raw, or per route (direct, eventgrid, smn; each once) like direct=encoded,eventgrid=raw',
    fallback: { direct: 'auto', eventgrid: 'auto', smn: 'auto' },
    group: 'behaviour',
    doc: 'how keys in OBS events are written: [object keys](#object-keys)',
    without: '`auto`',
  }),
  WEBHOOK_BASE_PATH: define<string>({
    parse: (text) => {
      const path = text.replace(/\/$/, '');
      return path === '' || BASE_PATH.test(path) ? path : undefined;
    },
    expected: 'a path like /migrations',
    fallback: '',
    group: 'behaviour',
    doc: 'what the gateway puts before /jobs/...',
    without: 'nothing',
  }),
  WEBHOOK_ANSWER_SECONDS: define<number>({
    parse: (text) => (/^\d+(\.\d+)?$/.test(text) && Number(text) >= 1 && Number(text) <= 60 ? Number(text) : undefined),
    expected: 'seconds from 1 to 60',
    fallback: 4,
    group: 'behaviour',
    doc: 'the webhook answers within; stay below the gateway’s own limit, which is 5 s unless it was raised',
  }),
  LOG_LEVEL: define<LogLevel>({
    parse: (text) => LOG_LEVELS.find((level) => level === text.toLowerCase()),
    expected: LOG_LEVELS.join(', '),
    fallback: 'info',
    group: 'behaviour',
    doc: 'the least that is logged',
  }),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [Name in SettingName]: (typeof SETTINGS)[Name]['fallback'] };
export type EndpointSetting = Extract<SettingName, `HUAWEICLOUD_${string}_ENDPOINT`>;

/** The names of the settings that are as asked, in the order of the table. */
export function settingNames(isAsked: (setting: Setting<unknown>, name: SettingName) => boolean): SettingName[] {
  const names = Object.keys(SETTINGS) as SettingName[];
  return names.filter((name) => isAsked(SETTINGS[name] as Setting<unknown>, name));
}

/** A function's variable if the platform has it, else the process's. An empty one counts as absent. */
export function lookUp(
  userData: (name: string) => string | undefined,
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  return userData(name) || env[name] || undefined;
}

/** The text of a setting under its name or its other one; undefined under neither. */
export function settingText(name: SettingName, get: (name: string) => string | undefined): string | undefined {
  const { otherName } = SETTINGS[name];
  return get(name) ?? (otherName ? get(otherName) : undefined);
}

/**
 * Reads every setting.
 *
 * @throws {ConfigError} listing all invalid settings; values are not repeated, for some are secrets
 */
export function readSettings(get: (name: string) => string | undefined): Settings {
  const problems: Problem[] = [];
  const entries = Object.entries(SETTINGS).map(([name, setting]: [string, Setting<unknown>]) => {
    const text = settingText(name as SettingName, get);
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
