import { unlessAbsent } from '../../transport/unless-absent.ts';
import type { Fields, FunctionGraphCalls } from './calls.ts';

interface Invoked {
  /** JSON text of what the function returned. */
  readonly result: string;
  /** The end of what it logged; empty when the service gave none. */
  readonly log: string;
  readonly requestId: string;
  /** False when the function threw. */
  readonly ok: boolean;
}

interface LogPlace {
  readonly groupId: string;
  readonly groupName: string;
  readonly streamId: string;
  readonly streamName: string;
}

/** Invocations of functions, and where their log is. */
export interface Invocations {
  /** Waits for the result: 30 s at the most. */
  invoke(urn: string, event: Fields): Promise<Invoked>;
  /** @returns the request id */
  invokeAsync(urn: string, event: Fields): Promise<string>;
  /** @returns `undefined` when the function writes no log to LTS */
  findLogPlace(urn: string): Promise<LogPlace | undefined>;
}

export function invocationCalls({ call, change }: FunctionGraphCalls): Invocations {
  return {
    async invoke(urn, event) {
      const asked = { 'X-CFF-Request-Version': 'v1', 'X-Cff-Log-Type': 'tail' };
      const answer = await change(
        'invokeFunction',
        { function_urn: urn, ...asked, body: event },
        { mayBeEmpty: false },
      );
      const { result, log, status, request_id: requestId } = answer;
      return {
        result: typeof result === 'string' ? result : JSON.stringify(result ?? null),
        log: typeof log === 'string' ? log : '',
        requestId: String(requestId ?? ''),
        ok: status === undefined || status === 200,
      };
    },

    async invokeAsync(urn, event) {
      const answer = await change('asyncInvokeFunction', { function_urn: urn, body: event });
      return String(answer['request_id'] ?? '');
    },

    async findLogPlace(urn) {
      const absent = { codes: [], or404: true };
      const answer = await unlessAbsent(call('showLtsLogDetails', { function_urn: urn }), absent);
      const { group_id: groupId, group_name: groupName, stream_id: streamId, stream_name: streamName } = answer ?? {};
      if (typeof groupId !== 'string' || typeof streamId !== 'string') return undefined;
      return { groupId, groupName: String(groupName ?? ''), streamId, streamName: String(streamName ?? '') };
    },
  };
}
