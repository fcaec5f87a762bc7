import { randomUUID } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Jobs } from '../jobs/job.ts';
import { secretNames, storedReferences } from '../jobs/secret-names.ts';
import type { Code } from '../kernel/codes.ts';
import type { Credentials, InvocationContext } from '../kernel/context.ts';
import { ConfigError } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Redactor } from '../kernel/redactor.ts';
import { Secret } from '../kernel/secret.ts';
import type { ReadSecret } from '../kernel/secret-reference.ts';
import { lookUp, readSettings, type Settings } from '../kernel/settings.ts';
import type { LedgerStore } from '../ports/ledger-store.ts';
import type { AllServices } from '../ports/services.ts';
import { makeLedger } from '../runs/ledger/ledger.ts';
import type { Origin } from '../runs/ledger/origin.ts';
import type { RunDeps } from '../runs/run-deps.ts';
import { lastKnown, makeReadSecret } from './read-secret.ts';
import type { StoredSecrets } from './stored-secrets.ts';

/** What the services of one invocation are made from. */
export interface CloudParts {
  readonly settings: Settings;
  readonly jobs: Jobs;
  readonly region: string;
  /** @throws {ConfigError} when there are no keys */
  credentials(): Credentials;
  /** @throws {ConfigError} when it is unknown */
  projectId(): string;
  remainingMs(): number;
  /** The time for a ledger in a folder, ms since 1970. @default real time */
  now?(): number;
}

/** Everything outside the process that a function uses; `lib/cloud` has the real one. */
export interface Cloud {
  makeServices(options: CloudParts): AllServices;
  /** `undefined` when no ledger is configured. @throws {ConfigError} when one is configured and the keys or the endpoint are malformed */
  openLedgerStore(options: CloudParts): Promise<LedgerStore | undefined>;
  /** Loads what runs of these jobs will need. Makes no calls. @throws {Error} when something cannot be loaded; the first run that needs it fails too */
  preload(jobs: Jobs): Promise<void>;
}

/** What a function's work receives besides the event. None of it outlives the invocation. */
export interface Invocation {
  readonly requestId: string;
  readonly settings: Settings;
  readonly jobs: Jobs;
  readonly deps: RunDeps;
  /** Reads what callers are authenticated with. */
  readonly callerSecret: ReadSecret;
}

export interface InvocationParts {
  readonly context: InvocationContext;
  /** Milliseconds left for the work. */
  readonly remainingMs: () => number;
  readonly settings: Settings;
  readonly jobs: Jobs;
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly cloud: Cloud;
  /** What this instance has read from DEW. */
  readonly stored: StoredSecrets;
}

/** @throws {ConfigError} listing all invalid settings */
export function settingsOf(context: InvocationContext): Settings {
  return readSettings((name) => lookUp(context.userData, name));
}

/** The path of the jobs file; a relative `MIGRATIONS_FILE` is resolved against the bundle's folder. */
export function jobsFileOf({ MIGRATIONS_FILE }: Settings, folder: string): string {
  if (!MIGRATIONS_FILE) return join(folder, 'migrations.json');
  return isAbsolute(MIGRATIONS_FILE) ? MIGRATIONS_FILE : join(folder, MIGRATIONS_FILE);
}

export async function makeInvocation(parts: InvocationParts): Promise<Invocation> {
  const { context, remainingMs, settings, jobs, log, redactor, cloud, stored } = parts;
  // Registered up front, so that a response that contains one is never shown, whichever call returned it.
  for (const name of secretNames(jobs)) redactor.add(lookUp(context.userData, name) ?? '');
  for (const reference of storedReferences(jobs)) redactor.add(lastKnown(reference, stored) ?? '');
  const options: CloudParts = {
    settings,
    jobs,
    region: settings.HUAWEICLOUD_REGION ?? jobs.region,
    credentials: () => hideCredentials(credentialsOf(settings, context), redactor),
    projectId: () => projectIdOf(settings, context),
    remainingMs,
  };
  const store = await cloud.openLedgerStore(options);
  // A retry by the platform has the request ID of the first attempt, but is a different owner.
  const by = `${context.requestId}.${randomUUID().slice(0, 8)}`;
  const origin = originOf(options, settings.HUAWEICLOUD_PROJECT_ID ?? context.projectId);
  const ledger = store && { ...makeLedger(store, by, Date.now, origin), forked: makeForkReport(log) };
  const services = cloud.makeServices(options);
  const secret = makeReadSecret({
    variable: (name) => lookUp(context.userData, name),
    csms: services.csms,
    stored,
    redactor,
    log,
  });
  const deps: RunDeps = {
    services,
    ...(ledger ? { ledger } : {}),
    ...(await cloudEyeOf(jobs, settings)),
    secret: secret.run,
    remainingMs,
    sleep: (ms) => sleep(ms),
    random: Math.random,
    log,
  };
  return { requestId: context.requestId, settings, jobs, deps, callerSecret: secret.caller };
}

/** Reports each list once. */
function makeForkReport(log: Logger): (list: string) => void {
  const reported = new Set<string>();
  return (list) => {
    if (reported.has(list)) return;
    reported.add(list);
    const message = 'ALARM: two writers appended to a list of the ledger at the same position';
    log.error(message, { code: 'ledger_forked' satisfies Code, list });
  };
}

/** Its code is loaded only when the jobs file has `cloud_eye`. */
async function cloudEyeOf(
  { cloudEye }: Jobs,
  { MIGRATIONS_STAGE: stage }: Settings,
): Promise<Pick<RunDeps, 'cloudEye'>> {
  if (!cloudEye) return {};
  const { CloudEye } = await import('../runs/report/cloud-eye.ts');
  return { cloudEye: new CloudEye({ namespace: cloudEye.namespace, stage, now: Date.now }) };
}

/** The region, project and stage that the runs belong to. */
export function originOf({ region, settings }: CloudParts, project: string | undefined): Origin {
  return { region, ...(project ? { project } : {}), stage: settings.MIGRATIONS_STAGE };
}

/** Keys from the settings take precedence: they are set deliberately, outside FunctionGraph. */
function credentialsOf(settings: Settings, context: InvocationContext): Credentials {
  const {
    HUAWEICLOUD_SDK_AK: accessKey,
    HUAWEICLOUD_SDK_SK: secretKey,
    HUAWEICLOUD_SDK_SECURITY_TOKEN: token,
  } = settings;
  if (accessKey && secretKey) {
    return { accessKey, secretKey: new Secret(secretKey), ...(token ? { securityToken: new Secret(token) } : {}) };
  }
  const credentials = context.credentials();
  if (credentials) return credentials;
  const message =
    'missing: give the function an execution agency (or, outside FunctionGraph, set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK)';
  throw new ConfigError('credentials', [{ path: ['credentials'], message }]);
}

function hideCredentials(credentials: Credentials, redactor: Redactor): Credentials {
  redactor.add(credentials.secretKey.reveal());
  if (credentials.securityToken) redactor.add(credentials.securityToken.reveal());
  return credentials;
}

function projectIdOf(settings: Settings, context: InvocationContext): string {
  const projectId = settings.HUAWEICLOUD_PROJECT_ID ?? context.projectId;
  if (projectId) return projectId;
  throw new ConfigError('settings', [
    { path: ['HUAWEICLOUD_PROJECT_ID'], message: 'not set, and the platform does not provide one' },
  ]);
}
