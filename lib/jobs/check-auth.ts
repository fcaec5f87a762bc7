import { isRecord } from '../kernel/is-record.ts';
import { referenceName, type SecretReference } from '../kernel/secret-reference.ts';
import { checkSecretReference } from '../schema/check-secret-reference.ts';
import { describeKind } from '../schema/describe-value.ts';
import { addProblem, type Findings, own, type Path } from '../schema/findings.ts';
import { unknownName } from '../schema/suggest.ts';
import type { Job, RequestAuth } from './job.ts';

/** Authentication by the gateway, or none. */
export const UNCHECKED_AUTHS = ['gateway', 'none'] as const;
/** The schemes that the webhook checks itself. */
export const AUTH_SCHEMES = ['standard_webhooks', 'bearer'] as const;
/** Enough to rotate the secrets of a few partners. Each one costs work at every request. */
export const MAX_AUTH_SECRETS = 5;

const EXPECTED =
  'gateway, none, { standard_webhooks: [ { user_data: NAME } ] } or { bearer: [ { user_data: NAME } ] }, or with { csms: NAME }';

function checkSecrets(value: unknown, path: Path, found: Findings): SecretReference[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_AUTH_SECRETS) {
    const message = `must be a list of 1 to ${MAX_AUTH_SECRETS} { user_data: NAME } or { csms: NAME }; received a value that is not shown`;
    addProblem(found, path, message);
    return [];
  }
  const secrets: SecretReference[] = [];
  for (const [i, item] of value.entries()) {
    const secret = checkSecretReference(item, [...path, i], found);
    if (!secret) continue;
    const name = referenceName(secret);
    if (secrets.some((other) => referenceName(other) === name)) addProblem(found, [...path, i], `lists ${name} twice`);
    else secrets.push(secret);
  }
  return secrets;
}

/** The JSON Schema of what {@link checkAuth} accepts. */
export function authSchema(): object {
  const secrets = {
    description: 'The secrets. Any one of them authenticates a caller.',
    type: 'array',
    items: { $ref: '#/$defs/secret' },
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
