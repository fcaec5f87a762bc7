import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { makeClientCalls } from '../transport/client-call.ts';
import { fieldsOf, objectsOf } from '../transport/read-fields.ts';
import { type CloudOptions, makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableAnswer } from '../transport/unusable-answer.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** `urn:fss:<region>:<project id>:function:<package>:<name>[:<version>|:!<alias>]`; it becomes part of the path. */
const FUNCTION_URN = /^urn:fss:[a-z0-9-]+:[A-Za-z0-9_-]+:function:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+(:!?[A-Za-z0-9_.-]+)?$/;
const TRIGGER_ID = /^[A-Za-z0-9_.-]{1,128}$/;
/** The most that ListFunctions and ListFunctionVersions give at once (API reference functiongraph_06_0106, 2025). */
const PAGE_ROWS = 400;
/** What echoes code: no other text of the service has such a run. */
const CODE_ECHO = /[A-Za-z0-9+/]{120,}={0,2}/g;

/** A trigger as the service lists it. `data` holds more keys than were sent. */
export interface Trigger {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly data: Fields;
}

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

/**
 * The management API of FunctionGraph (API reference, chapter "FunctionGraph API", v2). Bodies and answers are the wire's own. A function is
 * named by its URN; one without a version means all of it where something is deleted.
 *
 * Every method sends one request (lists one per page; a read that is cut off is sent again once) and throws `CloudError` when it fails.
 */
export interface FunctionGraph {
  /** @returns `undefined` when there is no such function or version */
  findConfig(urn: string): Promise<Fields | undefined>;
  /** Names and URNs of all functions of the project. */
  listFunctions(): Promise<readonly { readonly name: string; readonly urn: string }[]>;
  createFunction(body: Fields, secrets: readonly string[]): Promise<void>;
  updateCode(urn: string, body: Fields): Promise<void>;
  updateConfig(urn: string, body: Fields, secrets: readonly string[]): Promise<void>;
  /** All versions, aliases and triggers with it. @returns false when there was none */
  deleteFunction(urn: string): Promise<boolean>;
  /** @returns `undefined` when nothing was ever set */
  findAsyncConfig(urn: string): Promise<Fields | undefined>;
  setAsyncConfig(urn: string, body: Fields): Promise<void>;
  deleteAsyncConfig(urn: string): Promise<void>;
  /** Empty for a function that is not there. */
  listTriggers(urn: string): Promise<readonly Trigger[]>;
  createTrigger(urn: string, body: Fields): Promise<void>;
  updateTriggerStatus(urn: string, trigger: Trigger, status: string): Promise<void>;
  /** It takes effect a little later. A trigger that is gone is no error. */
  deleteTrigger(urn: string, trigger: Trigger): Promise<void>;
  /** Rows with `version` and `version_description`; the newest first or last, as the service likes. */
  listVersions(urn: string): Promise<readonly Fields[]>;
  /** @returns the row of the new version; `undefined` when nothing has changed since the last one */
  createVersion(urn: string, description: string): Promise<Fields | undefined>;
  listAliases(urn: string): Promise<readonly Fields[]>;
  createAlias(urn: string, name: string, version: string): Promise<void>;
  updateAlias(urn: string, name: string, version: string): Promise<void>;
  /** Waits for the result: 30 s at the most. */
  invoke(urn: string, event: Fields): Promise<Invoked>;
  /** @returns the request id */
  invokeAsync(urn: string, event: Fields): Promise<string>;
  /** @returns `undefined` when the function writes no log to LTS */
  findLogPlace(urn: string): Promise<LogPlace | undefined>;
}

/** The generated client, typed by what really comes back: plain JSON in snake_case (SDK 3.1.211, seen on the wire). */
type GeneratedClient = Readonly<Record<Operation, (request: Fields) => Promise<object>>>;

/** Every operation that is used, with the IAM action that it needs (API reference functiongraph_06_1100, 2025). */
export const FUNCTIONGRAPH_ACTIONS = {
  showFunctionConfig: 'FunctionGraph:function:getConfig',
  listFunctions: 'FunctionGraph:function:list',
  createFunction: 'FunctionGraph:function:create',
  updateFunctionCode: 'FunctionGraph:function:updateCode',
  updateFunctionConfig: 'FunctionGraph:function:updateConfig',
  deleteFunction: 'FunctionGraph:function:delete',
  showFunctionAsyncInvokeConfig: 'FunctionGraph:function:getAsyncInvokeConfig',
  updateFunctionAsyncInvokeConfig: 'FunctionGraph:function:updateAsyncInvokeConfig',
  deleteFunctionAsyncInvokeConfig: 'FunctionGraph:function:deleteAsyncInvokeConfig',
  listFunctionTriggers: 'FunctionGraph:trigger:list',
  createFunctionTrigger: 'FunctionGraph:trigger:create',
  updateTrigger: 'FunctionGraph:trigger:update',
  deleteFunctionTrigger: 'FunctionGraph:trigger:delete',
  listFunctionVersions: 'FunctionGraph:function:listVersion',
  createFunctionVersion: 'FunctionGraph:function:createVersion',
  listVersionAliases: 'FunctionGraph:function:listAlias',
  createVersionAlias: 'FunctionGraph:function:createAlias',
  updateVersionAlias: 'FunctionGraph:function:updateAlias',
  invokeFunction: 'FunctionGraph:function:invoke',
  asyncInvokeFunction: 'FunctionGraph:function:invokeAsync',
  showLtsLogDetails: 'FunctionGraph:function:getConfig',
} as const;

type Operation = keyof typeof FUNCTIONGRAPH_ACTIONS;

interface CallOptions {
  readonly kind?: 'read' | 'change';
  readonly mayBeEmpty?: boolean;
  readonly isList?: boolean;
  readonly secrets?: readonly string[];
}

export interface FunctionGraphOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`. */
  readonly projectId: string;
}

/** The base URL of FunctionGraph in a region (FunctionGraphRegion of the Node SDK 3.1.211). */
export function functionGraphEndpoint(region: string): string {
  return `https://functiongraph.${region}.myhuaweicloud.com`;
}

/**
 * FunctionGraph over its generated client, on the same safe transport as everything else: the SDK's own prints code and variables of every
 * refused request.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or project id are malformed
 */
export function makeFunctionGraph(options: FunctionGraphOptions): FunctionGraph {
  const sdk = makeSdkClient('FUNCTIONGRAPH', options, { projectId: options.projectId });
  const client = makeClientCalls<GeneratedClient>('FUNCTIONGRAPH', sdk, loadClient);

  const call = async (operation: Operation, request: Fields, settings: CallOptions = {}): Promise<Fields> => {
    const { kind = 'read', mayBeEmpty = false, isList = false, secrets = [] } = settings;
    const urn = request['function_urn'];
    if (urn !== undefined && !(typeof urn === 'string' && FUNCTION_URN.test(urn))) {
      throw new Error(`${operation}: ${JSON.stringify(urn)} is no URN of a function`);
    }
    const { answer } = await client.call({
      operation,
      kind,
      mayBeEmpty,
      isList,
      secrets,
      send: (generated) => generated[operation](request),
    });
    return answer as Fields;
  };
  const change = (operation: Operation, request: Fields, settings: CallOptions = {}) =>
    call(operation, request, { kind: 'change', mayBeEmpty: true, ...settings });

  const listPages = async (operation: Operation, request: Fields, rowsField: string): Promise<Fields[]> => {
    const rows: Fields[] = [];
    let marker = '';
    for (;;) {
      const answer = await call(operation, { ...request, maxitems: String(PAGE_ROWS), ...(marker && { marker }) });
      const page = objectsOf(answer[rowsField]);
      if (!page) throw unusableAnswer('FUNCTIONGRAPH', operation, 'not_a_list', `the answer has no list ${rowsField}`);
      rows.push(...page);
      const next = String(answer['next_marker'] ?? '');
      // A service that repeats a marker would be asked for ever.
      if (page.length < PAGE_ROWS || next === '' || next === marker) return rows;
      marker = next;
    }
  };

  const triggerOf = (row: Fields): Trigger | undefined => {
    const { trigger_id: id, trigger_type_code: type, trigger_status: status } = row;
    if (typeof id !== 'string' || typeof type !== 'string' || !TRIGGER_ID.test(id)) return undefined;
    return { id, type, status: typeof status === 'string' ? status : 'ACTIVE', data: fieldsOf(row['event_data']) };
  };

  return {
    findConfig: (urn) => unlessAbsent(call('showFunctionConfig', { function_urn: urn }), ABSENT_FUNCTION),

    async listFunctions() {
      const rows = await listPages('listFunctions', {}, 'functions');
      return rows.map((row) => ({ name: String(row['func_name']), urn: String(row['func_urn']) }));
    },

    async createFunction(body, secrets) {
      await change('createFunction', { body }, { secrets: [...secrets, ...codeOf(body)] });
    },

    async updateCode(urn, body) {
      await change('updateFunctionCode', { function_urn: urn, body }, { secrets: codeOf(body) });
    },

    async updateConfig(urn, body, secrets) {
      await change('updateFunctionConfig', { function_urn: urn, body }, { secrets });
    },

    async deleteFunction(urn) {
      const deleted = change('deleteFunction', { function_urn: urn }).then(() => true);
      return (await unlessAbsent(deleted, ABSENT_FUNCTION)) ?? false;
    },

    findAsyncConfig: (urn) =>
      unlessAbsent(call('showFunctionAsyncInvokeConfig', { function_urn: urn }), { codes: [], or404: true }),

    async setAsyncConfig(urn, body) {
      await change('updateFunctionAsyncInvokeConfig', { function_urn: urn, body });
    },

    async deleteAsyncConfig(urn) {
      await unlessAbsent(change('deleteFunctionAsyncInvokeConfig', { function_urn: urn }), { codes: [], or404: true });
    },

    async listTriggers(urn) {
      const operation = 'listFunctionTriggers';
      const answer = await unlessAbsent(call(operation, { function_urn: urn }, { isList: true }), ABSENT_FUNCTION);
      // The SDK hangs the status on the array; a copy has the rows alone.
      const triggers = (answer === undefined ? [] : [...(answer as unknown as Fields[])]).map(triggerOf);
      if (triggers.some((trigger) => trigger === undefined)) {
        throw unusableAnswer('FUNCTIONGRAPH', operation, 'not_a_list', 'a trigger has no usable id or type');
      }
      return triggers as Trigger[];
    },

    async createTrigger(urn, body) {
      await change('createFunctionTrigger', { function_urn: urn, body });
    },

    async updateTriggerStatus(urn, { id, type }, status) {
      const place = { function_urn: urn, trigger_type_code: type, trigger_id: id };
      await change('updateTrigger', { ...place, body: { trigger_status: status } });
    },

    async deleteTrigger(urn, { id, type }) {
      const place = { function_urn: urn, trigger_type_code: type, trigger_id: id };
      await unlessAbsent(change('deleteFunctionTrigger', place), ABSENT_TRIGGER);
    },

    listVersions: (urn) => listPages('listFunctionVersions', { function_urn: urn }, 'versions'),

    createVersion: (urn, description) =>
      // FSS.1016: nothing to publish.
      unlessAbsent(change('createFunctionVersion', { function_urn: urn, body: { description } }), {
        codes: ['FSS.1016'],
      }),

    async listAliases(urn) {
      const answer = await call('listVersionAliases', { function_urn: urn }, { isList: true });
      return [...(answer as unknown as Fields[])];
    },

    async createAlias(urn, name, version) {
      await change('createVersionAlias', { function_urn: urn, body: { name, version } });
    },

    async updateAlias(urn, name, version) {
      await change('updateVersionAlias', { function_urn: urn, alias_name: name, body: { version } });
    },

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

/** Error codes, API reference "ErrorCode" (opentelekomcloud-docs appendix/error_codes.rst): function, version, alias; then triggers. */
const ABSENT_FUNCTION = { codes: ['FSS.1051', 'FSS.1052', 'FSS.1053'] };
const ABSENT_TRIGGER = { codes: ['FSS.1131', 'FSS.1132', 'FSS.1136', 'FSS.1138', 'FSS.1140', 'FSS.1051'] };

/** Code is told nobody: neither whole, nor the pieces of it that an answer may repeat. */
function codeOf(body: Fields): readonly string[] {
  const file = fieldsOf(body['func_code'])['file'];
  return typeof file === 'string' ? [file] : [];
}

/** A text of the service without pieces of code. */
export function withoutCode(text: string): string {
  return text.replace(CODE_ECHO, '***');
}

/** The package is for development only: functions never load it. */
async function loadClient(): Promise<new (client: HcClient) => GeneratedClient> {
  const { FunctionGraphClient } = await import('@huaweicloud/huaweicloud-sdk-functiongraph/v2/FunctionGraphClient.js');
  return FunctionGraphClient as unknown as new (
    client: HcClient,
  ) => GeneratedClient;
}
