import { frequencyProblem } from '../jobs/check-schedule.ts';
import { cronProblem } from '../jobs/cron.ts';
import type { Jobs } from '../jobs/job.ts';
import { secretNames, tokenNames } from '../jobs/secret-names.ts';
import { ConfigError, type Problem } from '../kernel/errors.ts';
import { rateMs, rateProblem } from '../kernel/rate.ts';
import { RECONCILE_INTERVAL_MS } from '../kernel/reconcile-interval.ts';
import { secretProblem, tokenProblem } from '../kernel/secret.ts';
import { readSettings, SETTINGS, settingNames } from '../kernel/settings.ts';
import { TOPIC_URN } from '../kernel/topic-urn.ts';
import { type DesiredTrigger, desiredTriggers, triggerOfEvent } from './desired-triggers.ts';
import { describeTrigger, isObjects, isSamePlace } from './same-trigger.ts';
import type { Environment } from './secret-values.ts';
import {
  basePath,
  DEFAULTS,
  FUNCTION_OF,
  type FunctionSection,
  type Network,
  type ServiceFile,
} from './service-file.ts';

/** API reference functiongraph_06_0108, 2025; the two largest from the user manual of Open Telekom Cloud (basic_settings). */
const MEMORY_MB = [128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 8192, 10_240];
const MAX_NAME_LENGTH = 60;
const MAX_TIMEOUT = 259_200;
/** The limits of user data, and of encrypted user data. */
const MAX_VARIABLES = 20;
const MAX_CHARACTERS = 4096;
/** The limit for polling types (user manual functiongraph_01_0150, 2025). The service applies it to other types too. */
const MAX_TRIGGERS = 10;
/** User manual of Open Telekom Cloud, configuring_networks, 2025. */
const MAX_SUBNETS = 4;
const MIN_NODE_VERSION = 20;
/** The longest period of an alarm rule: one day (CreateAlarm, V1). */
const MAX_WATCHED_MS = 86_400_000;

/** Settings that must not be plain variables: anyone who can read the function's configuration can read those. */
const SECRET_SETTINGS = settingNames(({ secret }) => secret === true).flatMap((name) => [
  name,
  ...(SETTINGS[name].alias === undefined ? [] : [SETTINGS[name].alias]),
]);

export interface ServiceContext {
  readonly jobs: Jobs;
  readonly hasLedger: boolean;
  /** The names of the functions that this software has. */
  readonly built: readonly string[];
  readonly env: Environment;
  /** Must every encrypted variable have a value? Only commands that send the values need them. */
  readonly needsValues: boolean;
  /** Where `migrations.yml` refers to an encrypted variable; `undefined` if it does not. */
  readonly placeOfSecret: (name: string) => Problem['path'] | undefined;
}

/** A problem in `serverless.yml`, or in `migrations.yml`. */
export interface ServiceProblem extends Problem {
  readonly isInJobs?: true;
}

/** The names of all encrypted variables, sorted: those that the jobs file refers to, and those that `serverless.yml` adds. */
export function encryptedNames({ provider }: ServiceFile, jobs: Jobs): string[] {
  return [...new Set([...secretNames(jobs), ...(provider.encryptedUserData ?? [])])].sort();
}

/** The plain variables of a function, as they are sent. */
export function plainVariables(
  { provider, stage, functions }: ServiceFile,
  own: FunctionSection,
): Record<string, string> {
  const base = basePath(provider);
  const everyMs = own === functions.get(FUNCTION_OF.reconcile) ? rateMs(provider.reconcileEvery ?? '') : undefined;
  const all = {
    MIGRATIONS_STAGE: stage,
    ...(provider.prefix ? { MIGRATIONS_PREFIX: provider.prefix } : {}),
    ...(base === undefined ? {} : { WEBHOOK_BASE_PATH: base }),
    ...(everyMs === undefined || everyMs === RECONCILE_INTERVAL_MS ? {} : { RECONCILE_EVERY: provider.reconcileEvery }),
    ...provider.userData,
    ...own.userData,
  };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

/** The triggers of a function: those that the jobs need, then those in its `events`. */
export function triggersOf(
  file: ServiceFile,
  key: string,
  { jobs, hasLedger }: Pick<ServiceContext, 'jobs' | 'hasLedger'>,
): DesiredTrigger[] {
  const own = desiredTriggers(jobs, file.provider, `${file.service}-${file.stage}`, hasLedger).get(key) ?? [];
  return [...own, ...(file.functions.get(key)?.events ?? []).map(triggerOfEvent)];
}

/**
 * Checks `serverless.yml` beyond its schema, without calling the service.
 *
 * @returns all problems, each once; empty if there are none
 */
export function checkService(file: ServiceFile, context: ServiceContext): ServiceProblem[] {
  const problems = new Map<string, ServiceProblem>();
  // A setting that functions share is checked for each of them.
  const refuse: Refuse = (path, message) => void problems.set(JSON.stringify([path, message]), { path, message });
  // With a path, the framework's deploy would even make no packages.
  if (Object.keys(file.package ?? {}).length > 0)
    refuse(
      ['package'],
      'is not used: packages are made of these functions; remove it, and name their folder with --package',
    );
  checkProvider(file, context, refuse);
  checkAlarms(file, context, refuse);
  for (const [key, own] of file.functions) checkFunction(file, key, own, context, refuse);
  checkNetworks(file, refuse);
  checkNeeds(file, context, refuse);
  return [...problems.values(), ...secretProblems(file, context)];
}

type Refuse = (path: Problem['path'], message: string) => void;

/** Rules watch what the functions report to Cloud Eye. */
function checkAlarms(
  { service, stage, provider }: ServiceFile,
  { jobs, hasLedger }: ServiceContext,
  refuse: Refuse,
): void {
  const topic = provider.alarms?.smn;
  if (!topic) return;
  const path = ['provider', 'alarms'];
  const there = topic.split(':')[2];
  if (!TOPIC_URN.test(topic)) refuse([...path, 'smn'], 'is not a topic URN: urn:smn:<region>:<project id>:<name>');
  else if (provider.region !== undefined && there !== provider.region) {
    refuse([...path, 'smn'], `is in ${there}; must be in the functions' region, ${provider.region}`);
  }
  if (!jobs.cloudEye) {
    refuse(path, 'needs cloud_eye in migrations.yml: without it the functions report nothing that a rule could watch');
  }
  if (!hasLedger) refuse(path, 'needs a ledger: without one nothing ticks, waits or is parked');
  if ((rateMs(provider.reconcileEvery ?? '') ?? 0) > MAX_WATCHED_MS) {
    refuse(
      ['provider', 'reconcileEvery'],
      'must be at most 1d with alarms: a rule of Cloud Eye watches no longer period',
    );
  }
  if (!/^[A-Za-z0-9_-]{1,90}$/.test(`${service}-${stage}`)) {
    refuse(
      path,
      `cannot name rules after ${service}-${stage}: use at most 90 of A-Z a-z 0-9 _ - for service and stage`,
    );
  }
}

function checkProvider({ provider }: ServiceFile, { jobs }: ServiceContext, refuse: Refuse): void {
  const { region, objectTriggers, eventGrid, gateway, reconcileEvery, failureDestination } = provider;
  if (region === undefined) refuse(['provider'], 'region is missing; set the region of the functions');
  else if (region !== jobs.region) {
    refuse(
      ['provider', 'region'],
      `is ${region}, but migrations.yml has ${jobs.region}: buckets and instances can only be reached from their own region`,
    );
  }
  const watches = [...jobs.jobs.values()].some(({ on }) => on.object_created);
  if (objectTriggers === 'EVENTGRID' && watches && !eventGrid) {
    refuse(['provider', 'objectTriggers'], 'EVENTGRID needs eventGrid with channelId, channelName and agency');
  }
  const rate = reconcileEvery === undefined ? undefined : rateProblem(reconcileEvery);
  if (rate) refuse(['provider', 'reconcileEvery'], rate);
  for (const [kind, urn] of Object.entries(failureDestination ?? {})) {
    const there = urn.split(':')[2];
    if (region !== undefined && there !== region) {
      refuse(['provider', 'failureDestination', kind], `is in ${there}; must be in the functions' region, ${region}`);
    }
  }
  if (gateway?.auth === 'NONE') {
    const open = [...jobs.jobs.values()].filter(({ on }) => on.request && (on.request.auth ?? 'gateway') === 'gateway');
    if (open.length > 0) {
      refuse(
        ['provider', 'gateway', 'auth'],
        `is NONE, but ${open.map(({ name }) => name).join(', ')} rely on the gateway for authentication: anyone could start them`,
      );
    }
  }
}

function checkFunction(file: ServiceFile, key: string, own: FunctionSection, context: ServiceContext, refuse: Refuse) {
  const { provider } = file;
  const at = (name: string): Problem['path'] =>
    Object.hasOwn(own, name) || !Object.hasOwn(provider, name) ? ['functions', key, name] : ['provider', name];
  if (!context.built.includes(key)) {
    refuse(['functions', key], `functions/${key}.ts does not exist; there are ${context.built.join(', ')}`);
  }
  if (!/^[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?$/.test(own.name) || own.name.length > MAX_NAME_LENGTH) {
    refuse(
      ['functions', key, 'name'],
      `${JSON.stringify(own.name)} has ${own.name.length} characters; must have at most ${MAX_NAME_LENGTH} of A-Z a-z 0-9 _ -, starting with a letter: shorten service or stage, or give it a name`,
    );
  }
  if (agencyOf(file, own) === undefined) {
    refuse(
      [...file.functions.values()].some(({ agency }) => agency !== undefined) ? ['functions', key] : ['provider'],
      'agency is missing: without one the function gets no keys (docs/deploy.md lists its permissions)',
    );
  }
  const { memorySize, timeout, initializerTimeout, runtime } = settled(file, own);
  if (!MEMORY_MB.includes(memorySize)) {
    refuse(at('memorySize'), `unsupported memorySize ${memorySize}; use one of ${MEMORY_MB.join(', ')}`);
  }
  if (timeout < 3 || timeout > MAX_TIMEOUT) {
    refuse(at('timeout'), `${timeout} s: must be from 3 to ${MAX_TIMEOUT}`);
  }
  if (initializerTimeout < 1 || initializerTimeout > 300) {
    refuse(at('initializerTimeout'), `${initializerTimeout} s: must be from 1 to 300`);
  }
  if (Number(/\d+/.exec(runtime)?.[0]) < MIN_NODE_VERSION) {
    refuse(at('runtime'), `${runtime} is too old: the bundles need Node.js 20 or later`);
  }
  if (key === FUNCTION_OF.requests) checkResponseTime(file, own, timeout, refuse);
  checkVariables(file, key, own, context, refuse);
  checkTriggers(file, key, own, context, refuse);
}

/** A function's settings, with the provider's and then our defaults. */
export function settled({ provider }: ServiceFile, own: FunctionSection) {
  return {
    runtime: own.runtime ?? provider.runtime ?? DEFAULTS.runtime,
    memorySize: own.memorySize ?? provider.memorySize ?? DEFAULTS.memorySize,
    timeout: own.timeout ?? provider.timeout ?? DEFAULTS.timeout,
    initializerTimeout: own.initializerTimeout ?? provider.initializerTimeout ?? DEFAULTS.initializerTimeout,
  };
}

export function agencyOf({ provider }: ServiceFile, own: FunctionSection): string | undefined {
  return own.agency ?? provider.agency;
}

/** The network of a function; `undefined` if it is in none. */
export function networkOf({ provider }: ServiceFile, own: FunctionSection): Network | undefined {
  return own.vpc === false ? undefined : (own.vpc ?? provider.vpc);
}

/** The function must respond before the gateway times out, and the gateway before the platform: otherwise a run could be killed midway. */
function checkResponseTime(file: ServiceFile, own: FunctionSection, timeout: number, refuse: Refuse): void {
  if (!file.provider.gateway) return;
  const gatewayMs = file.provider.gateway.timeoutMs ?? DEFAULTS.gatewayTimeoutMs;
  const responseMs =
    Number(plainVariables(file, own)['WEBHOOK_ANSWER_SECONDS'] ?? SETTINGS.WEBHOOK_ANSWER_SECONDS.fallback) * 1000;
  if (timeout * 1000 <= gatewayMs) {
    refuse(
      ['functions', FUNCTION_OF.requests, 'timeout'],
      `${timeout} s: must be more than the gateway's timeout of ${gatewayMs} ms`,
    );
  }
  if (responseMs >= gatewayMs) {
    refuse(
      ['provider', 'gateway', 'timeoutMs'],
      `${gatewayMs} ms: must be more than the ${responseMs} ms within which the webhook responds (WEBHOOK_ANSWER_SECONDS)`,
    );
  }
}

function checkVariables(file: ServiceFile, key: string, own: FunctionSection, context: ServiceContext, refuse: Refuse) {
  const plain = plainVariables(file, own);
  const encrypted = encryptedNames(file, context.jobs);
  const at = (name: string): Problem['path'] => {
    if (Object.hasOwn(own.userData ?? {}, name)) return ['functions', key, 'userData', name];
    const isStage = name === 'MIGRATIONS_STAGE' && !Object.hasOwn(file.provider.userData ?? {}, name);
    return isStage ? ['provider', 'stage'] : ['provider', 'userData', name];
  };
  for (const name of Object.keys(plain)) {
    if (encrypted.includes(name) || SECRET_SETTINGS.includes(name)) {
      refuse(at(name), 'is a secret: remove it, and list its name in provider.encryptedUserData');
    }
  }
  try {
    readSettings((name) => plain[name] || undefined);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { path, message } of error.problems) refuse(at(String(path[0])), message);
  }
  const all: Problem['path'] = own.userData ? ['functions', key, 'userData'] : ['provider', 'userData'];
  // One is added by this plugin (`secretsMark`).
  const count = Object.keys(plain).length + (encrypted.length > 0 ? 1 : 0);
  if (count > MAX_VARIABLES) {
    refuse(all, `has ${count} variables${own.userData ? ", including the provider's" : ''}; at most ${MAX_VARIABLES}`);
  }
  const characters = JSON.stringify(plain).length;
  if (characters > MAX_CHARACTERS) {
    refuse(all, `has ${characters} characters; at most ${MAX_CHARACTERS}`);
  }
}

function checkTriggers(file: ServiceFile, key: string, own: FunctionSection, context: ServiceContext, refuse: Refuse) {
  const events = own.events ?? [];
  for (const [i, { type, data }] of events.map(triggerOfEvent).entries()) {
    const path = ['functions', key, 'events', i, 'eventData'];
    if (type !== 'TIMER') continue;
    const { name, schedule, schedule_type: kind } = data;
    if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
      refuse([...path, 'name'], 'must be a timer name: at most 64 of A-Z a-z 0-9 _ -, starting with a letter');
    }
    if (kind !== 'Rate' && kind !== 'Cron') refuse([...path, 'scheduleType'], 'must be Rate or Cron');
    else {
      const problem =
        typeof schedule !== 'string'
          ? 'is missing'
          : kind === 'Rate'
            ? rateProblem(schedule)
            : (cronProblem(schedule) ?? frequencyProblem(schedule));
      if (problem) refuse([...path, 'schedule'], problem);
    }
  }
  const triggers = triggersOf(file, key, context);
  const fromJobs = triggers.length - events.length;
  for (const [i, trigger] of triggers.entries()) {
    const other = triggers.findIndex((candidate, j) => j < i && isSamePlace(candidate, trigger));
    if (other !== -1) {
      refuse(['functions', key, 'events', i - fromJobs], `${describeTrigger(trigger)} is listed twice`);
    }
  }
  const timers = triggers.filter(({ type }) => type === 'TIMER').length;
  if (timers > MAX_TRIGGERS) {
    const advice = key === FUNCTION_OF.schedules ? '; give jobs the same schedule, or split the file' : '';
    refuse(
      ['functions', key],
      `needs ${timers} timers, one for each distinct schedule; at most ${MAX_TRIGGERS}${advice}`,
    );
  }
  const rules = triggers.filter(isObjects).length;
  if (rules > MAX_TRIGGERS) {
    refuse(['functions', key], `needs ${rules} bucket triggers; at most ${MAX_TRIGGERS}: let jobs watch fewer places`);
  }
}

function checkNetworks(file: ServiceFile, refuse: Refuse): void {
  const subnets = new Set([...file.functions.values()].flatMap((own) => networkOf(file, own)?.subnet ?? []));
  if (subnets.size > MAX_SUBNETS) {
    refuse(['functions'], `use ${subnets.size} subnets; at most ${MAX_SUBNETS} for all functions of a project`);
  }
}

/** Checks that everything the jobs need is there. */
function checkNeeds(file: ServiceFile, { jobs, hasLedger, env }: ServiceContext, refuse: Refuse): void {
  const all = [...jobs.jobs.values()];
  const needs: [key: string, names: string[]][] = [
    [FUNCTION_OF.objects, all.filter(({ on }) => on.object_created).map(({ name }) => name)],
    [FUNCTION_OF.schedules, all.filter(({ on }) => on.schedule).map(({ name }) => name)],
    [FUNCTION_OF.requests, all.filter(({ on }) => on.request).map(({ name }) => name)],
    [FUNCTION_OF.reconcile, hasLedger ? ['the ledger'] : []],
  ];
  for (const [key, names] of needs) {
    if (names.length > 0 && !file.functions.has(key))
      refuse(['functions'], `${key} is missing: needed by ${names.join(', ')}`);
  }
  const encrypted = encryptedNames(file, jobs);
  if (encrypted.length > MAX_VARIABLES) {
    refuse(['provider', 'encryptedUserData'], `has ${encrypted.length} variables; at most ${MAX_VARIABLES}`);
  }
  const characters = JSON.stringify(encrypted.map((name) => [name, env(name) ?? ''])).length;
  if (characters > MAX_CHARACTERS) {
    refuse(
      ['provider', 'encryptedUserData'],
      `the values have ${characters} characters in total; at most ${MAX_CHARACTERS}`,
    );
  }
}

/** Encrypted variables without a usable value, at the place that refers to each. */
function secretProblems(
  file: ServiceFile,
  { jobs, env, needsValues, placeOfSecret }: ServiceContext,
): ServiceProblem[] {
  const tokens = tokenNames(jobs);
  return encryptedNames(file, jobs).flatMap((name): ServiceProblem[] => {
    const value = env(name);
    const wrong = value && (secretProblem(value) ?? (tokens.has(name) ? tokenProblem(value) : undefined));
    const missing = needsValues && value === undefined;
    const message = missing
      ? `${name} has no value: set it in the environment or in .env`
      : wrong && `the value of ${name} ${wrong}`;
    if (!message) return [];
    const place = placeOfSecret(name);
    return [place ? { path: place, message, isInJobs: true } : { path: ['provider', 'encryptedUserData'], message }];
  });
}
