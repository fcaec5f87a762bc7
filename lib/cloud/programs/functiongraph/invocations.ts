import { unlessAbsent } from '../../transport/unless-absent.ts';
import type { Fields, FunctionGraphCalls } from './calls.ts';

interface InvocationResponse {
  /** What the function returned, as JSON. */
  readonly result: string;
  /** The tail of its log; empty when the service returned none. */
  readonly log: string;
  readonly requestId: string;
  /** False when the function threw. */
  readonly ok: boolean;
}

interface LogLocation {
  readonly groupId: string;
  readonly groupName: string;
  readonly streamId: string;
  readonly streamName: string;
}

/** Invocations of functions, and the location of their logs. */
export interface Invocations {
  /** Waits at most 30 s for the result. */
  invoke(urn: string, event: Fields): Promise<InvocationResponse>;
  /** @returns the request ID */
  invokeAsync(urn: string, event: Fields): Promise<string>;
  /** @returns `undefined` when the function writes no log to LTS */
  findLogLocation(urn: string): Promise<LogLocation | undefined>;
}

export function invocationCalls({ call, change }: FunctionGraphCalls): Invocations {
  return {
    async invoke(urn, event) {
      const headers = { 'X-CFF-Request-Version': 'v1', 'X-Cff-Log-Type': 'tail' };
      const response = await change(
        'invokeFunction',
        { function_urn: urn, ...headers, body: event },
        { mayBeEmpty: false },
      );
      const { result, log, status, request_id: requestId } = response;
      return {
        result: typeof result === 'string' ? result : JSON.stringify(result ?? null),
        log: typeof log === 'string' ? log : '',
        requestId: String(requestId ?? ''),
        ok: status === undefined || status === 200,
      };
    },

    async invokeAsync(urn, event) {
      const response = await change('asyncInvokeFunction', { function_urn: urn, body: event });
      return String(response['request_id'] ?? '');
    },

    async findLogLocation(urn) {
      const absent = { codes: [], any404: true };
      const response = await unlessAbsent(call('showLtsLogDetails', { function_urn: urn }), absent);
      const { group_id: groupId, group_name: groupName, stream_id: streamId, stream_name: streamName } = response ?? {};
      if (typeof groupId !== 'string' || typeof streamId !== 'string') return undefined;
      return { groupId, groupName: String(groupName ?? ''), streamId, streamName: String(streamName ?? '') };
    },
  };
}
