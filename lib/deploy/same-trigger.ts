import { isDeepStrictEqual } from 'node:util';
import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import type { DesiredTrigger } from './desired-triggers.ts';

interface Compared {
  readonly type: string;
  readonly data: Fields;
}

/** The fields that identify a trigger of each type (terraform-provider-huaweicloud, fgs_function_trigger; 2025). */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  TIMER: ['name'],
  OBS: ['bucket', 'events', 'prefix', 'suffix'],
  EVENTGRID: ['trigger_name'],
  SMN: ['topic_urn'],
  APIG: ['group_id', 'path', 'req_method', 'match_mode'],
  DEDICATEDGATEWAY: ['group_id', 'path', 'req_method', 'match_mode'],
};
/** These can be disabled in place; all others are deleted and created again (API reference functiongraph_06_0124, 2025). */
const CAN_BE_DISABLED = new Set(['TIMER', 'DDS', 'DMS', 'KAFKA', 'LTS']);

export const isGateway = ({ type }: { readonly type: string }) => type === 'APIG' || type === 'DEDICATEDGATEWAY';
export const isObjects = ({ type }: { readonly type: string }) => type === 'OBS' || type === 'EVENTGRID';
export const canBeDisabled = ({ type }: { readonly type: string }) => CAN_BE_DISABLED.has(type);

/** Would the service treat them as the same trigger? Types with an undocumented identity are compared by all given fields. */
export function isSamePlace(desired: DesiredTrigger, there: Compared): boolean {
  if (desired.type !== there.type) return false;
  const keys = IDENTITY[desired.type] ?? Object.keys(desired.data);
  return keys.every((key) => isSameValue(desired.data[key], there.data[key]));
}

/** Does the trigger have all desired data? The service returns more keys than it was given. */
export function hasSameData(desired: DesiredTrigger, there: Compared): boolean {
  return Object.entries(desired.data).every(([key, value]) => isSameValue(value, there.data[key]));
}

/** Compares lists in any order, because the service does not preserve it. Absent fields may be returned as empty strings. */
export function isSameValue(desired: unknown, there: unknown): boolean {
  if (desired === '' || desired === undefined) return there === '' || there === undefined || there === null;
  if (Array.isArray(desired) && Array.isArray(there)) return isDeepStrictEqual([...desired].sort(), [...there].sort());
  if (typeof desired === 'object' && desired !== null && typeof there === 'object' && there !== null) {
    return Object.entries(desired).every(([key, value]) => isSameValue(value, (there as Fields)[key]));
  }
  return String(desired) === String(there);
}

/** A description of a trigger: enough to find it in the console. */
export function describeTrigger({ type, data }: Compared): string {
  const {
    name,
    trigger_name: triggerName,
    bucket,
    prefix = '',
    suffix = '',
    schedule,
    path,
    req_method: method,
  } = data;
  if (isObjects({ type })) return `${type} ${String(bucket)}/${String(prefix)}*${String(suffix)}`;
  if (isGateway({ type })) return `${type} ${String(method)} ${String(path)}`;
  if (type === 'TIMER') return `TIMER ${String(name)} (${String(schedule)})`;
  return `${type} ${String(name ?? triggerName ?? data['topic_urn'] ?? '')}`.trim();
}
