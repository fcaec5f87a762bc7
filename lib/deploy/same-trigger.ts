import { isDeepStrictEqual } from 'node:util';
import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import type { WantedTrigger } from './wanted-triggers.ts';

interface Compared {
  readonly type: string;
  readonly data: Fields;
}

/** By what the service tells triggers of a type apart (terraform-provider-huaweicloud, fgs_function_trigger; 2025). */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  TIMER: ['name'],
  OBS: ['bucket', 'events', 'prefix', 'suffix'],
  EVENTGRID: ['trigger_name'],
  SMN: ['topic_urn'],
  APIG: ['group_id', 'path', 'req_method', 'match_mode'],
  DEDICATEDGATEWAY: ['group_id', 'path', 'req_method', 'match_mode'],
};
/** These can be disabled in place; all others are deleted and made again (API reference functiongraph_06_0124, 2025). */
const CAN_BE_DISABLED = new Set(['TIMER', 'DDS', 'DMS', 'KAFKA', 'LTS']);

export const isGateway = ({ type }: { readonly type: string }) => type === 'APIG' || type === 'DEDICATEDGATEWAY';
export const isObjects = ({ type }: { readonly type: string }) => type === 'OBS' || type === 'EVENTGRID';
export const canBeDisabled = ({ type }: { readonly type: string }) => CAN_BE_DISABLED.has(type);

/** Would the service take one for the other? A type whose identity nobody documents goes by all that was given. */
export function isSamePlace(wanted: WantedTrigger, there: Compared): boolean {
  if (wanted.type !== there.type) return false;
  const keys = IDENTITY[wanted.type] ?? Object.keys(wanted.data);
  return keys.every((key) => isSameValue(wanted.data[key], there.data[key]));
}

/** Is everything that is wanted of its data there? The service lists more keys than it was given. */
export function hasSameData(wanted: WantedTrigger, there: Compared): boolean {
  return Object.entries(wanted.data).every(([key, value]) => isSameValue(value, there.data[key]));
}

/** Lists in any order, for the service keeps none; what is left out may come back as an empty text. */
function isSameValue(wanted: unknown, there: unknown): boolean {
  if (wanted === '' || wanted === undefined) return there === '' || there === undefined || there === null;
  if (Array.isArray(wanted) && Array.isArray(there)) return isDeepStrictEqual([...wanted].sort(), [...there].sort());
  if (typeof wanted === 'object' && wanted !== null && typeof there === 'object' && there !== null) {
    return Object.entries(wanted).every(([key, value]) => isSameValue(value, (there as Fields)[key]));
  }
  return String(wanted) === String(there);
}

/** A trigger in words: enough to find it in the console. */
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
