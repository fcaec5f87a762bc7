import { formatJson, parseJson } from '../json.ts';
import type { Assumed } from '../open-questions/assumptions.ts';
import type { Operation, OperationResponse } from '../operation.ts';
import type { CreateTaskBody } from './create-task-body.ts';
import { invalidField } from './errors.ts';

/** The operation with the types of its response as they are assumed to be. */
export function withAssumedResponse(operation: Operation, assumed: Assumed): Operation {
  return { ...operation, handle: async (call) => shaped(await operation.handle(call), assumed) };
}

/** @throws {ServiceError} if the list of Btrfs subvolumes has the name that is not read */
export function checkSubvolumes(assumed: Assumed, { target_server: { btrfs_list: list = [] } }: CreateTaskBody): void {
  const name = assumed('sms-btrfs-name');
  if (name !== 'either' && list.some((fileSystem) => fileSystem[name] === undefined))
    throw invalidField(`target_server.btrfs_list.${name}`, 'is mandatory');
}

function shaped(response: OperationResponse, assumed: Assumed): OperationResponse {
  return response.body === undefined ? response : { ...response, body: shapedValue(response.body, '', assumed) };
}

function shapedValue(value: unknown, name: string, assumed: Assumed): unknown {
  if (name === 'error_json' && typeof value === 'string' && value !== '' && assumed('sms-error-json') === 'object')
    return parseJson(value);
  if (name === 'result_list' && Array.isArray(value) && assumed('sms-consistency-results') === 'strings')
    return value.map((item) => (typeof item === 'string' ? item : formatJson(item)));
  if (Array.isArray(value))
    return value.map((item) => (name === 'sub_tasks' ? withProgress(item, assumed) : shapedValue(item, name, assumed)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, shapedValue(inner, field, assumed)]));
}

function withProgress(subtask: Record<string, unknown>, assumed: Assumed): unknown {
  const behavior = assumed('sms-progress');
  if (behavior === 'percent' || subtask['progress'] === 100) return subtask;
  return { ...subtask, progress: behavior === 'nothing' ? null : Number(subtask['progress']) + 101 };
}
