import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import { isRecord } from '../kernel/is-record.ts';
import { differingFields, parsed } from './same-config.ts';
import { SECRETS_MARK } from './secrets-mark.ts';

/** The keys of `serverless.yml` by the API's fields. Several fields may be one key. */
const KEYS: Readonly<Record<string, string>> = {
  memory_size: 'memorySize',
  initializer_handler: 'initializerHandler',
  initializer_timeout: 'initializerTimeout',
  xrole: 'agency',
  app_xrole: 'executionAgency',
  enable_lts_log: 'logs',
  log_config: 'logs',
  strategy_config: 'maxInstances',
  func_vpc: 'vpc',
  enterprise_project_id: 'enterpriseProject',
  encrypted_user_data: 'encryptedUserData',
  max_async_retry_attempts: 'maxAsyncRetryAttempts',
  max_async_event_age_in_seconds: 'maxAsyncEventAgeInSeconds',
  destination_config: 'failureDestination',
};

/** The settings that differ, by their keys in `serverless.yml`: `memorySize: 256 -> 512`. Never the value of a variable. */
export function configChanges(desired: Fields, there: Fields): string[] {
  const lines = differingFields(desired, there).flatMap((field) => {
    const [now, next] = [there[field], desired[field]];
    if (field === 'user_data') return variableChanges(now, next);
    if (field === 'encrypted_user_data') return ['encryptedUserData: values change'];
    const key = KEYS[field] ?? field;
    return [
      `${key}: ${shown(field === 'log_config' ? logsOf(there) : oneSetting(field, now))} -> ${shown(oneSetting(field, next))}`,
    ];
  });
  return [...new Set(lines)];
}

/** A variable is named without its value: what is plain now may have been a secret before. */
function variableChanges(now: unknown, next: unknown): string[] {
  const [before, after] = [now, next].map((json) => parsed(json)).map((value) => (isRecord(value) ? value : {}));
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return names
    .filter((name) => before?.[name] !== after?.[name])
    .map((name) => {
      if (name === SECRETS_MARK) return 'encryptedUserData: values change';
      const what = before?.[name] === undefined ? 'is added' : after?.[name] === undefined ? 'is removed' : 'changes';
      return `userData.${name} ${what}`;
    });
}

function oneSetting(field: string, value: unknown): unknown {
  return field === 'strategy_config' && isRecord(value) ? value['concurrency'] : value;
}

/** Sent as one object, returned as two fields. */
function logsOf({ log_group_id: group_id, log_stream_id: stream_id }: Fields): Fields | undefined {
  return group_id || stream_id ? { group_id, stream_id } : undefined;
}

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
