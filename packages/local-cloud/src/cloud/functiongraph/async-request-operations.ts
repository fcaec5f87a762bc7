import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { baseUrn, urnOf, versionOf } from './functions.ts';
import type { AsyncRecord } from './invocation-history.ts';
import { markerQuery, pageWithInfo } from './page-info.ts';
import { asyncView } from './wire.ts';

const HOUR_MS = 3_600_000;
/** `YYYY-MM-DD'T'HH:mm:ss` in UTC; the clients add milliseconds and `Z`. */
const time = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z?$/, 'must be YYYY-MM-DDTHH:mm:ss')
  .transform((text) => Date.parse(text.endsWith('Z') ? text : `${text}Z`))
  .refine((ms) => !Number.isNaN(ms), 'must be a time');
const STATUSES = ['WAIT', 'RUNNING', 'SUCCESS', 'FAIL', 'DISCARD'] as const;

const common = { ...markerQuery, query_begin_time: time.optional(), query_end_time: time.optional() };
/** Query of ListAsyncInvocations (functiongraph_06_0112_00_3). */
const requestsQuery = z.strictObject({
  ...common,
  request_id: z.string().max(64).optional(),
  status: z.enum(STATUSES).optional(),
});
/** Query of ListActiveAsyncInvocations. */
const activeQuery = z.strictObject({
  ...common,
  requests: z.string().optional(),
  status: z.enum(['WAIT', 'RUNNING']).optional(),
});
/** Query of ListFunctionAsyncInvokeConfig (functiongraph_06_0143). */
const configsQuery = z.strictObject(markerQuery);

/** Asynchronous requests and, for all versions of a function, their settings. */
export function asyncRequestOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs/functions/{function_urn}';
  return [
    makeOperation('ListAsyncInvocations', 'GET', `${root}/async-invocations`, (call) => {
      const { request_id: id, ...query } = check(requestsQuery, queryObject(call.query), badQuery);
      return list(deps, call, query, ({ requestId }) => id === undefined || id === '' || requestId === id);
    }),
    makeOperation('ListActiveAsyncInvocations', 'GET', `${root}/active-async-invocations`, (call) => {
      const { requests, ...query } = check(activeQuery, queryObject(call.query), badQuery);
      const ids = requests?.split(',');
      const isActive = ({ requestId, endedAt }: AsyncRecord) =>
        endedAt === undefined && (ids === undefined || ids.includes(requestId));
      return list(deps, call, query, isActive);
    }),
    makeOperation('ListFunctionAsyncInvokeConfig', 'GET', `${root}/async-invoke-configs`, (call) =>
      listConfigs(deps, call),
    ),
  ];
}

function badQuery(field: string, problem: string) {
  return errors.badQuery(`${field}: ${problem}`);
}

interface ListQuery {
  readonly marker?: string | undefined;
  readonly limit?: string | undefined;
  readonly status?: string | undefined;
  readonly query_begin_time?: number | undefined;
  readonly query_end_time?: number | undefined;
}

/** By default the requests of the last hour, whether or not `enable_async_status_log` is set. */
function list(
  deps: FunctionGraphDeps,
  call: OperationCall,
  query: ListQuery,
  isWanted: (record: AsyncRecord) => boolean,
): OperationResponse {
  const { record, urn } = deps.functions.find(call.params['function_urn'] ?? '', call.account.projectId);
  const version = urn.qualifier === '' ? undefined : urnOf(record, versionOf(record, urn.qualifier).version);
  const now = deps.clock.now();
  const { query_begin_time: from = now - HOUR_MS, query_end_time: until = now, status } = query;
  const found = deps.runner.history
    .asyncs()
    .filter(
      (request) =>
        (version === undefined ? request.urn.startsWith(`${baseUrn(record)}:`) : request.urn === version) &&
        request.startedAt >= from &&
        request.startedAt <= until &&
        (status === undefined || request.status === status) &&
        isWanted(request),
    );
  const { rows, info } = pageWithInfo(found, query, { default: 100, max: 500 });
  return { status: 200, body: { invocations: rows.map(view), count: found.length, next_marker: info.next_marker } };
}

function view({ requestId, status, errorMessage, startedAt, endedAt }: AsyncRecord) {
  return {
    request_id: requestId,
    status,
    error_message: errorMessage,
    error_code: status === 'FAIL' ? 500 : 200,
    start_time: utc(startedAt),
    end_time: endedAt === undefined ? '' : utc(endedAt),
  };
}

function listConfigs(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const query = check(configsQuery, queryObject(call.query), badQuery);
  const { record } = deps.functions.find(call.params['function_urn'] ?? '', call.account.projectId);
  const found = record.versions.flatMap(({ version, asyncConfig }) =>
    asyncConfig === undefined ? [] : [asyncView(urnOf(record, version), asyncConfig)],
  );
  const { rows, info } = pageWithInfo(found, query, { default: 10, max: 100 });
  return { status: 200, body: { async_invoke_configs: rows, page_info: info, count: found.length } };
}

function utc(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
