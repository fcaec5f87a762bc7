import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { makeClientCalls } from '../../transport/client-call.ts';
import { objectsOf } from '../../transport/read-fields.ts';
import { type CloudOptions, makeSdkClient } from '../../transport/sdk-client.ts';
import { unusableResponse } from '../../transport/unusable-response.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** `urn:fss:<region>:<project id>:function:<package>:<name>[:<version>|:!<alias>]`; becomes part of the path. */
const FUNCTION_URN = /^urn:fss:[a-z0-9-]+:[A-Za-z0-9_-]+:function:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+(:!?[A-Za-z0-9_.-]+)?$/;
/** Maximum page size of ListFunctions and ListFunctionVersions (API reference functiongraph_06_0106, 2025). */
const PAGE_ROWS = 400;

/** Error codes for a function, version or alias that does not exist (API reference "ErrorCode", opentelekomcloud-docs appendix/error_codes.rst). */
export const ABSENT_FUNCTION = { codes: ['FSS.1051', 'FSS.1052', 'FSS.1053'] };

/** The generated client, typed by its actual responses: plain JSON in snake_case (SDK 3.1.211, seen on the wire). */
type GeneratedClient = Readonly<Record<Operation, (request: Fields) => Promise<object>>>;

/** Every operation that is used, with the IAM action that it needs (API reference functiongraph_06_1100, 2025). */
export const FUNCTIONGRAPH_ACTIONS = {
  showFunctionConfig: 'FunctionGraph:function:getConfig',
  // No page names the action of an export; this one is for reading code.
  exportFunction: 'FunctionGraph:function:getCode',
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
  // The actions of tags are on no page that was found; these are those of the functions that they change.
  listFunctionTags: 'FunctionGraph:function:getConfig',
  createTags: 'FunctionGraph:function:updateConfig',
  deleteTags: 'FunctionGraph:function:updateConfig',
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

/** Calls to FunctionGraph. Each throws `CloudError`, or `Error` for an invalid function URN. */
export interface FunctionGraphCalls {
  call(operation: Operation, request: Fields, settings?: CallOptions): Promise<Fields>;
  /** A call that changes something; its response may be empty. */
  change(operation: Operation, request: Fields, settings?: CallOptions): Promise<Fields>;
  /** All rows of a list, page by page. */
  listPages(operation: Operation, request: Fields, rowsField: string): Promise<Fields[]>;
}

/** @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed */
export function makeFunctionGraphCalls(options: FunctionGraphOptions): FunctionGraphCalls {
  const sdk = makeSdkClient('FUNCTIONGRAPH', options, { projectId: options.projectId });
  const client = makeClientCalls<GeneratedClient>('FUNCTIONGRAPH', sdk, loadClient);

  const call = async (operation: Operation, request: Fields, settings: CallOptions = {}): Promise<Fields> => {
    const { kind = 'read', mayBeEmpty = false, isList = false, secrets = [] } = settings;
    const urn = request['function_urn'];
    if (urn !== undefined && !(typeof urn === 'string' && FUNCTION_URN.test(urn))) {
      throw new Error(`${operation}: ${JSON.stringify(urn)} is not a valid function URN`);
    }
    const { response } = await client.call({
      operation,
      kind,
      mayBeEmpty,
      isList,
      secrets,
      send: (generated) => generated[operation](request),
    });
    return response as Fields;
  };
  const change = (operation: Operation, request: Fields, settings: CallOptions = {}) =>
    call(operation, request, { kind: 'change', mayBeEmpty: true, ...settings });

  const listPages = async (operation: Operation, request: Fields, rowsField: string): Promise<Fields[]> => {
    const rows: Fields[] = [];
    let marker = '';
    for (;;) {
      const response = await call(operation, { ...request, maxitems: String(PAGE_ROWS), ...(marker && { marker }) });
      const page = objectsOf(response[rowsField]);
      if (!page)
        throw unusableResponse('FUNCTIONGRAPH', operation, 'not_a_list', `the response has no list ${rowsField}`);
      rows.push(...page);
      const next = String(response['next_marker'] ?? '');
      // A service that repeats a marker would cause an endless loop.
      if (page.length < PAGE_ROWS || next === '' || next === marker) return rows;
      marker = next;
    }
  };

  return { call, change, listPages };
}

/** The package is for development only: functions never load it. */
async function loadClient(): Promise<new (client: HcClient) => GeneratedClient> {
  const { FunctionGraphClient } = await import('@huaweicloud/huaweicloud-sdk-functiongraph/v2/FunctionGraphClient.js');
  return FunctionGraphClient as unknown as new (
    client: HcClient,
  ) => GeneratedClient;
}
