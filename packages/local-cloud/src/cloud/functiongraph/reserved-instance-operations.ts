import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { urnOf, versionOf } from './functions.ts';
import { markerQuery, pageWithInfo } from './page-info.ts';
import type { FunctionRecord, ReservedInstances } from './records.ts';

/** Of the account (product description, 2025-05-14). */
export const MAX_RESERVED = 90;

/** Body of UpdateFunctionReservedInstancesCount (functiongraph_06_0112_1). */
const reservedBody = z.strictObject({
  count: z.int().min(0),
  idle_mode: z.boolean().optional(),
  tactics_config: z
    .strictObject({
      cron_configs: z
        .array(
          z.strictObject({
            name: z.string().min(1),
            cron: z.string().min(1),
            count: z.int().min(0),
            start_time: z.int().min(0),
            expired_time: z.int().min(0),
          }),
        )
        .optional(),
      metric_configs: z
        .array(
          z.strictObject({
            name: z.string().min(1),
            type: z.literal('Concurrency'),
            threshold: z.int().min(1).max(99),
            min: z.int().min(0),
          }),
        )
        .optional(),
    })
    .optional(),
});
/** Queries of ListFunctionReservedInstances (functiongraph_06_0112_3) and ListReservedInstanceConfigs (functiongraph_06_0112_2). */
const countsQuery = z.strictObject({ ...markerQuery, urn: z.string().optional() });
const configsQuery = z.strictObject({ ...markerQuery, function_urn: z.string().optional() });

interface Row extends ReservedInstances {
  readonly record: FunctionRecord;
  readonly qualifier: string;
}

/** Reserved instances of versions and aliases. They are recorded only: a local function starts when it is invoked. */
export function reservedInstanceOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs/functions';
  return [
    makeOperation('ListFunctionReservedInstances', 'GET', `${root}/reservedinstances`, (call) =>
      listCounts(deps, call),
    ),
    makeOperation('ListReservedInstanceConfigs', 'GET', `${root}/reservedinstanceconfigs`, (call) =>
      listConfigs(deps, call),
    ),
    makeOperation('UpdateFunctionReservedInstancesCount', 'PUT', `${root}/{function_urn}/reservedinstances`, (call) =>
      update(deps, call),
    ),
  ];
}

/** The instances that are reserved in a project. */
export function reservedCount(deps: FunctionGraphDeps, projectId: string): number {
  return rows(deps, projectId, undefined).reduce((sum, { count }) => sum + count, 0);
}

async function update(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(reservedBody, call.body, (field, problem) => errors.invalid(`${field}: ${problem}`));
  const sent = { count: body.count, idle_mode: body.idle_mode ?? false, tactics_config: body.tactics_config ?? {} };
  return deps.functions.change(async () => {
    const { projectId } = call.account;
    const { record, urn } = deps.functions.find(call.params['function_urn'] ?? '', projectId);
    versionOf(record, urn.qualifier);
    const qualifier = urn.qualifier || 'latest';
    const before = record.reserved?.[qualifier]?.count ?? 0;
    if (reservedCount(deps, projectId) - before + sent.count > MAX_RESERVED)
      throw errors.invalid(`count: the limit of the account is ${MAX_RESERVED} reserved instances.`);
    return {
      record: { ...record, reserved: { ...record.reserved, [qualifier]: sent } },
      result: { status: 200, body: sent },
    };
  });
}

function listCounts(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const query = check(countsQuery, queryObject(call.query), (field, problem) =>
    errors.badQuery(`${field}: ${problem}`),
  );
  const found = rows(deps, call.account.projectId, query.urn);
  const page = pageWithInfo(found, query, { default: 400, max: 400 });
  const reservedinstances = page.rows.map(({ record, qualifier, count }) => ({
    func_urn: urnOf(record, qualifier),
    count,
  }));
  return { status: 200, body: { reservedinstances, page_info: page.info, count: found.length } };
}

function listConfigs(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const query = check(configsQuery, queryObject(call.query), (field, problem) =>
    errors.badQuery(`${field}: ${problem}`),
  );
  const found = rows(deps, call.account.projectId, query.function_urn);
  const page = pageWithInfo(found, query, { default: 100, max: 500 });
  const configs = page.rows.map(({ record, qualifier, count, idle_mode, tactics_config }) => ({
    function_urn: urnOf(record, qualifier),
    qualifier_type: qualifier.startsWith('!') ? 'alias' : 'version',
    qualifier_name: qualifier.replace(/^!/, ''),
    min_count: count,
    idle_mode,
    tactics_config,
  }));
  return { status: 200, body: { reserved_instances: configs, page_info: page.info, count: found.length } };
}

/** @param urn all if undefined; without a version, all of a function */
function rows({ functions }: FunctionGraphDeps, projectId: string, urn: string | undefined): Row[] {
  const wanted = urn === undefined ? undefined : functions.find(urn, projectId);
  return functions
    .all()
    .filter((record) => record.projectId === projectId && (wanted === undefined || record === wanted.record))
    .flatMap((record) =>
      Object.entries(record.reserved ?? {})
        .filter(([qualifier, { count }]) => count > 0 && isWanted(qualifier, wanted?.urn.qualifier))
        .map(([qualifier, reserved]) => ({ record, qualifier, ...reserved })),
    );
}

function isWanted(qualifier: string, wanted: string | undefined): boolean {
  return wanted === undefined || wanted === '' || wanted === qualifier;
}
