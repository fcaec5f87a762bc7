import { isSecretReference } from '../kernel/secret.ts';
import { callerSecrets } from './check-auth.ts';
import type { Jobs } from './job.ts';

/** Cached as long as the jobs themselves. */
const known = new WeakMap<Jobs, ReadonlySet<string>>();

/** The names of all variables that a jobs file reads secrets from. Empty when there are none. */
export function secretNames(jobs: Jobs): ReadonlySet<string> {
  const found = known.get(jobs);
  if (found) return found;
  const names = new Set<string>();
  const collect = (value: unknown): void => {
    if (isSecretReference(value)) names.add(value.user_data);
    else if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) collect(item);
  };
  for (const { password } of jobs.targets.values()) collect(password);
  for (const { fields, on } of jobs.jobs.values()) {
    collect(fields);
    for (const { user_data: name } of callerSecrets(on.request?.auth)) names.add(name);
  }
  known.set(jobs, names);
  return names;
}

/** The names of the variables with signing secrets of callers. */
export function signingNames(jobs: Jobs): ReadonlySet<string> {
  const references = [...jobs.jobs.values()].flatMap(({ on }) => {
    const auth = on.request?.auth;
    return typeof auth === 'object' && 'standard_webhooks' in auth ? auth.standard_webhooks : [];
  });
  return new Set(references.map(({ user_data: name }) => name));
}

/** Where a document refers to each variable first. Empty when it refers to none. */
export function secretPlaces(document: unknown): ReadonlyMap<string, readonly (string | number)[]> {
  const places = new Map<string, readonly (string | number)[]>();
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, [...path, i]);
    else if (isSecretReference(value)) {
      if (!places.has(value.user_data)) places.set(value.user_data, path);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
    }
  };
  walk(document, []);
  return places;
}
