import {
  isStoredReference,
  referenceName,
  referencesIn,
  type SecretReference,
  type StoredReference,
} from '../kernel/secret-reference.ts';
import type { Job, Jobs, RequestAuth } from './job.ts';

/** Cached as long as the jobs themselves. */
const known = new WeakMap<Jobs, readonly SecretReference[]>();

/** All secrets that a jobs file refers to, each once. */
export function secretReferences(jobs: Jobs): readonly SecretReference[] {
  const cached = known.get(jobs);
  if (cached) return cached;
  const found = new Map<string, SecretReference>();
  const add = (reference: SecretReference) => found.set(referenceName(reference), reference);
  for (const { password } of jobs.targets.values()) for (const reference of referencesIn(password)) add(reference);
  for (const job of jobs.jobs.values()) for (const reference of referencesOf(job)) add(reference);
  const all = [...found.values()];
  known.set(jobs, all);
  return all;
}

/** The secrets that a job refers to, without those of the targets that it names. */
export function referencesOf({ fields, on }: Job): SecretReference[] {
  return [...referencesIn(fields), ...referencesIn(on.request?.auth)];
}

/** The names of all variables that a jobs file reads secrets from. Empty when there are none. */
export function secretNames(jobs: Jobs): ReadonlySet<string> {
  return new Set(variablesIn(secretReferences(jobs)));
}

/** The secrets in DEW that a jobs file refers to. Empty when there are none. */
export function storedReferences(jobs: Jobs): StoredReference[] {
  return secretReferences(jobs).filter(isStoredReference);
}

/** The secrets that authenticate callers by one scheme. */
export function authReferences(jobs: Jobs, scheme: 'standard_webhooks' | 'bearer'): SecretReference[] {
  return [...jobs.jobs.values()].flatMap(({ on }) => secretsOfScheme(on.request?.auth, scheme));
}

function secretsOfScheme(auth: RequestAuth | undefined, scheme: string): readonly SecretReference[] {
  if (typeof auth !== 'object') return [];
  if ('standard_webhooks' in auth) return scheme === 'standard_webhooks' ? auth.standard_webhooks : [];
  return scheme === 'bearer' ? auth.bearer : [];
}

/** The names of the variables with tokens of callers. */
export function tokenNames(jobs: Jobs): ReadonlySet<string> {
  return new Set(variablesIn(authReferences(jobs, 'bearer')));
}

function variablesIn(references: readonly SecretReference[]): string[] {
  return references.flatMap((reference) => (isStoredReference(reference) ? [] : [reference.user_data]));
}

/** Where a document refers to each variable first. Empty when it refers to none. */
export function secretPlaces(document: unknown): ReadonlyMap<string, readonly (string | number)[]> {
  const places = new Map<string, readonly (string | number)[]>();
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i]);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const { user_data: name } = value as { readonly user_data?: unknown };
    if (typeof name === 'string' && !places.has(name)) places.set(name, path);
    for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
  };
  walk(document, []);
  return places;
}
