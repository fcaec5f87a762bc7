import { isRecord } from './is-record.ts';
import type { Secret } from './secret.ts';

/** A secret in an encrypted variable of the function. */
interface VariableReference {
  readonly user_data: string;
}

/** A secret in the Cloud Secret Management Service (CSMS) of DEW. */
export interface StoredReference {
  readonly csms: string;
  /** The key of the value in a secret that is a JSON object. Absent: the secret is the value. */
  readonly key?: string;
  /** The ID of a version. Absent: the current one. */
  readonly version?: string;
}

/** A reference to a secret: where it is, and never its value. Safe to log and to record. */
export type SecretReference = VariableReference | StoredReference;

/** What a reference to a secret in DEW may have. */
export const STORED_REFERENCE_KEYS = ['csms', 'key', 'version'] as const;

/** A valid name of a function's variable: FunctionGraph's rule for `user_data`. */
export const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]*$/;
/** A valid name of a secret in DEW (CreateSecret, 2025-08-28), except for `.` and `..`, which a path cannot contain. */
export const STORED_NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$/;
/** A key of a JSON object: no control characters, which come from a mistake, and no braces, which mark a placeholder. */
export const STORED_KEY = /^[^\p{Cc}\p{Zl}\p{Zp}{}]{1,128}$/u;
/** The ID of a version: `v1`, `v2` and so on, or `latest` (CreateSecretVersion, ShowSecretVersion). */
export const STORED_VERSION = /^[A-Za-z0-9_-]{1,64}$/;

/** Is it a reference and nothing else? Names are not checked. */
export function isSecretReference(value: unknown): value is SecretReference {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  if (entries.some(([, part]) => typeof part !== 'string')) return false;
  const names = entries.map(([name]) => name);
  if (names.length === 1 && names[0] === 'user_data') return true;
  return names.includes('csms') && names.every((name) => STORED_REFERENCE_KEYS.some((known) => known === name));
}

export function isStoredReference(reference: SecretReference): reference is StoredReference {
  return 'csms' in reference;
}

/** All references in a value, at any depth; those of callers without their label. */
export function referencesIn(value: unknown): SecretReference[] {
  if (isSecretReference(value)) return [value];
  if (isRecord(value) && Object.hasOwn(value, 'as')) {
    const { as: _, ...reference } = value;
    if (isSecretReference(reference)) return [reference];
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}

/** The name of what a reference refers to, the same for equal references only. */
export function referenceName(reference: SecretReference): string {
  if (!isStoredReference(reference)) return reference.user_data;
  const { csms, key, version } = reference;
  const parts = [
    ...(key === undefined ? [] : [`key ${key}`]),
    ...(version === undefined ? [] : [`version ${version}`]),
  ];
  return parts.length === 0 ? `csms ${csms}` : `csms ${csms} (${parts.join(', ')})`;
}

/** Reads a secret. @throws {RunError} `secret_missing`, `bad_secret` or `secret_key_missing`, which are final; {CloudError} `secret_unavailable`, which is not */
export type ReadSecret = (reference: SecretReference) => Secret | Promise<Secret>;
