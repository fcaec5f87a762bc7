import { isRecord } from '../kernel/is-record.ts';
import {
  isSecretReference,
  isStoredReference,
  type SecretReference,
  STORED_KEY,
  STORED_NAME,
  STORED_REFERENCE_KEYS,
  STORED_VERSION,
  VARIABLE_NAME,
} from '../kernel/secret-reference.ts';
import { describeKind } from './describe-value.ts';
import { addProblem, type Findings, own, type Path } from './findings.ts';
import { unknownName } from './suggest.ts';

const VARIABLE = 'must be { user_data: NAME }, the name of an encrypted variable of the function';
const EITHER = `${VARIABLE}, or { csms: NAME, key: KEY, version: VERSION }, a secret in DEW`;
const NOT_SHOWN = 'received a value that is not shown';

/** What each part of a reference must be. */
const PARTS = {
  user_data: { pattern: VARIABLE_NAME, expected: 'the name of a variable: a letter, then letters, digits and "_"' },
  csms: { pattern: STORED_NAME, expected: 'the name of a secret in DEW: 1 to 64 letters, digits, ".", "_" and "-"' },
  key: { pattern: STORED_KEY, expected: 'a key of a JSON object: 1 to 128 characters, no braces' },
  version: {
    pattern: STORED_VERSION,
    expected: 'the ID of a version such as v3: 1 to 64 letters, digits, "_" and "-"',
  },
} as const;

/**
 * Checks a reference to a secret. Values are never shown, because one may be the secret itself.
 *
 * @returns `undefined` if it has a problem, which is added to `found`
 */
export function checkSecretReference(value: unknown, path: Path, found: Findings): SecretReference | undefined {
  if (isSecretReference(value)) return checkParts(value, path, found);
  if (isRecord(value) && own(value, 'csms') !== undefined && own(value, 'user_data') === undefined) {
    for (const [name, part] of Object.entries(value)) {
      if (!STORED_REFERENCE_KEYS.some((known) => known === name)) {
        addProblem(found, [...path, name], unknownName('key', name, STORED_REFERENCE_KEYS));
      } else if (typeof part !== 'string') {
        addProblem(found, [...path, name], `must be a string; received ${describeKind(part)}, which is not shown`);
      }
    }
    return undefined;
  }
  const mentionsDew = isRecord(value) && STORED_REFERENCE_KEYS.some((name) => own(value, name) !== undefined);
  addProblem(found, path, `${mentionsDew ? EITHER : VARIABLE}; received ${describeKind(value)}, which is not shown`);
  return undefined;
}

function checkParts(reference: SecretReference, path: Path, found: Findings): SecretReference | undefined {
  const parts = Object.entries(reference) as [keyof typeof PARTS, string][];
  const bad = parts.filter(([name, part]) => !PARTS[name].pattern.test(part));
  for (const [name] of bad) addProblem(found, [...path, name], `must be ${PARTS[name].expected}; ${NOT_SHOWN}`);
  if (bad.length > 0) return undefined;
  if (!isStoredReference(reference)) return { user_data: reference.user_data };
  const { csms, key, version } = reference;
  return { csms, ...(key === undefined ? {} : { key }), ...(version === undefined ? {} : { version }) };
}
