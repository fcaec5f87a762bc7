import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import { isRecord } from '../kernel/is-record.ts';
import { SECRET_KEY } from '../kernel/logger.ts';
import { settingNames } from '../kernel/settings.ts';

/** Our own plain settings are never secrets, whatever their names. */
const PLAIN_SETTINGS = new Set<string>(settingNames(({ secret }) => secret !== true));

/**
 * Leaves out every member whose name says that it is a secret, such as `kafka_password`, at any depth.
 *
 * @returns the rest, and the places of those left out (`a.b`), which are empty if there are none
 */
export function omitSecrets(given: Fields): { readonly value: Fields; readonly omitted: readonly string[] } {
  const omitted: string[] = [];
  const copy = (value: unknown, place: string): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => copy(item, `${place}${i}.`));
    return isRecord(value) ? copyFields(value, place) : value;
  };
  const copyFields = (fields: Fields, place: string): Fields => {
    const kept = Object.entries(fields).filter(([name]) => !isSecretName(name));
    omitted.push(
      ...Object.keys(fields)
        .filter(isSecretName)
        .map((name) => place + name),
    );
    return Object.fromEntries(kept.map(([name, member]) => [name, copy(member, `${place}${name}.`)]));
  };
  return { value: copyFields(given, ''), omitted };
}

const isSecretName = (name: string) => SECRET_KEY.test(name) && !PLAIN_SETTINGS.has(name);
