import { isRecord } from '../kernel/is-record.ts';
import { referenceName } from '../kernel/secret-reference.ts';
import { checkSecretReference } from '../schema/check-secret-reference.ts';
import { describeKind } from '../schema/describe-value.ts';
import { addProblem, type Findings, own, type Path } from '../schema/findings.ts';
import { unknownName } from '../schema/suggest.ts';
import type { CallerSecret, Job, RequestAuth } from './job.ts';
import { JOB_NAME } from './job-name.ts';

/** Authentication by the gateway, or none. */
export const UNCHECKED_AUTHS = ['gateway', 'none'] as const;
/** The schemes that the webhook checks itself. */
export const AUTH_SCHEMES = ['standard_webhooks', 'bearer'] as const;
/** Enough to rotate the secrets of a few partners. Each one costs work at every request. */
export const MAX_AUTH_SECRETS = 5;

const EXPECTED =
  'gateway, none, { standard_webhooks: [ { user_data: NAME } ] } or { bearer: [ { user_data: NAME } ] }, or with { csms: NAME }';

function checkSecrets(value: unknown, path: Path, found: Findings): CallerSecret[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_AUTH_SECRETS) {
    const message = `must be a list of 1 to ${MAX_AUTH_SECRETS} { user_data: NAME } or { csms: NAME }; received a value that is not shown`;
    addProblem(found, path, message);
    return [];
  }
  const secrets: CallerSecret[] = [];
  for (const [i, given] of value.entries()) {
    const { item, label } = splitLabel(given, [...path, i], found);
    const secret = checkSecretReference(item, [...path, i], found);
    if (!secret) continue;
    const name = referenceName(secret);
    if (secrets.some((other) => referenceName(other) === name)) addProblem(found, [...path, i], `lists ${name} twice`);
    else secrets.push({ ...secret, ...label });
  }
  return secrets;
}

/** An item of a list without its label; no label if it has a problem. */
function splitLabel(
  given: unknown,
  path: Path,
  found: Findings,
): { readonly item: unknown; readonly label: Pick<CallerSecret, 'as'> } {
  if (!isRecord(given) || !Object.hasOwn(given, 'as')) return { item: given, label: {} };
  const { as, ...item } = given;
  if (typeof as === 'string' && JOB_NAME.test(as)) return { item, label: { as } };
  const message =
    'must have 1 to 40 lower-case letters, digits or "-", the first a letter; received a value that is not shown';
  addProblem(found, [...path, 'as'], message);
  return { item, label: {} };
}

/** The JSON Schema of the label of a secret. */
export function callerLabelSchema(): object {
  return {
    description:
      'The label of the callers with this secret. They see only the runs that callers with the same label requested.',
    type: 'string',
    pattern: JOB_NAME.source,
  };
}

/** The JSON Schema of what {@link checkAuth} accepts. */
export function authSchema(): object {
  const secrets = {
    description: 'The secrets. Any one of them authenticates a caller.',
    type: 'array',
    items: { $ref: '#/$defs/caller_secret' },
    minItems: 1,
    maxItems: MAX_AUTH_SECRETS,
    uniqueItems: true,
  };
  const objects = AUTH_SCHEMES.map((scheme) => ({
    type: 'object',
    additionalProperties: false,
    properties: { [scheme]: secrets },
    required: [scheme],
  }));
  return { oneOf: [{ enum: UNCHECKED_AUTHS }, ...objects] };
}

/** Checks how callers of a job are authenticated. `undefined` when the file does not say, or has a problem there. */
export function checkAuth(value: unknown, path: Path, found: Findings): RequestAuth | undefined {
  if (value === undefined) return undefined;
  if (value === 'gateway' || value === 'none') return value;
  if (!isRecord(value)) {
    addProblem(found, path, `must be ${EXPECTED}; received ${describeKind(value)}, which is not shown`);
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (!AUTH_SCHEMES.some((scheme) => scheme === key))
      addProblem(found, [...path, key], unknownName('key', key, AUTH_SCHEMES));
  }
  const given = AUTH_SCHEMES.filter((scheme) => own(value, scheme) !== undefined);
  const [scheme] = given;
  if (!scheme || given.length > 1) {
    addProblem(found, path, `must have exactly one of ${AUTH_SCHEMES.join(' and ')}`);
    return undefined;
  }
  const secrets = checkSecrets(own(value, scheme), [...path, scheme], found);
  return scheme === 'bearer' ? { bearer: secrets } : { standard_webhooks: secrets };
}

/** The secrets of a job's callers; empty when the webhook does not authenticate them. */
function callerSecrets(auth: RequestAuth | undefined): readonly CallerSecret[] {
  if (typeof auth !== 'object') return [];
  return 'bearer' in auth ? auth.bearer : auth.standard_webhooks;
}

/** Whether callers of the job have labels, all or some. */
export function hasLabels({ on }: Pick<Job, 'on'>): boolean {
  return callerSecrets(on.request?.auth).some(({ as }) => as !== undefined);
}

/** The name of a job's authentication scheme; `undefined` for a job without `on.request`. */
function schemeOf({ on }: Job): string | undefined {
  if (!on.request) return undefined;
  const { auth = 'gateway' } = on.request;
  return typeof auth === 'string' ? auth : AUTH_SCHEMES.find((scheme) => scheme in auth);
}

/**
 * Warns about each job that relies on the gateway's authentication while another job does not. One API serves all jobs of a file: it either keeps out
 * the callers of the other job, or is open to everyone.
 */
export function warnOfMixedAuth(jobs: Iterable<Job>, found: Findings): void {
  const schemes = [...jobs].map((job) => ({ name: job.name, scheme: schemeOf(job) })).filter(({ scheme }) => scheme);
  const other = schemes.find(({ scheme }) => scheme !== 'gateway');
  if (!other) return;
  for (const { name, scheme } of schemes) {
    if (scheme !== 'gateway') continue;
    found.warnings.push({
      path: ['jobs', name, 'on', 'request'],
      message: `has auth gateway, but job ${other.name} has ${other.scheme}, and one API serves both. If the gateway authenticates, callers of ${other.name} are refused; if it does not, anyone can start ${name}. Give ${name} another auth, or move the two jobs to separate jobs files and APIs`,
    });
  }
}

/** Warns about labels that keep callers apart only in part, or that nobody benefits from. */
export function warnOfLabels(jobs: Iterable<Job>, hasLedger: boolean, found: Findings): void {
  for (const job of jobs) {
    if (!hasLabels(job)) continue;
    const path = ['jobs', job.name, 'on', 'request', 'auth'];
    const unnamed = callerSecrets(job.on.request?.auth).filter(({ as }) => as === undefined);
    if (unnamed.length > 0) {
      const message = `has secrets with and without as: callers without a label see each other's runs, and those that objects and timers start. Give each secret of another partner its own label`;
      found.warnings.push({ path, message });
    }
    if (!hasLedger) {
      const message =
        'has labels, and no ledger records who requested a run: callers get 404 for every run that they read';
      found.warnings.push({ path, message });
    }
  }
}
