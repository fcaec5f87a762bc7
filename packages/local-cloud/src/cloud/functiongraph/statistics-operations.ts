import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { ServiceError } from '../service-error.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { baseUrn, urnOf, versionOf } from './functions.ts';
import type { RunRecord } from './invocation-history.ts';
import { markerQuery } from './page-info.ts';
import { MAX_RESERVED, reservedCount } from './reserved-instance-operations.ts';
import { metricsOf, monthlyUse } from './statistics.ts';

const DEFAULT_MINUTES = 60;
const period = z.string().regex(/^[1-9]\d{0,5}$/, 'must be a number of minutes');
/** Query of ListStatistics (functiongraph_06_0139). Its pages do not apply to metrics. */
const statisticsQuery = z.strictObject({
  ...markerQuery,
  filter: z.enum(['monitor_data', 'monthly_report']),
  period: period.optional(),
  option: z.string().optional(),
});
/** The months of a report by `option`; any other value means 0. */
const MONTHS: Readonly<Record<string, readonly [first: number, count: number]>> = {
  '0': [0, 1],
  '1': [1, 1],
  '2': [0, 3],
  '3': [0, 6],
};

const badQuery = (field: string, problem: string): ServiceError => errors.badQuery(`${field}: ${problem}`);

/** Metrics of functions and of the account, and its quotas. */
export function statisticsOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs';
  return [
    makeOperation('ListStatistics', 'GET', `${root}/functions/statistics`, (call) => listStatistics(deps, call)),
    makeOperation('ListFunctionStatistics', 'GET', `${root}/functions/{func_urn}/statistics/{period}`, (call) => ({
      status: 200,
      body: functionMetrics(deps, call),
    })),
    makeOperation('ShowFunctionMetrics', 'GET', `${root}/functions/{func_urn}/slareports/{period}`, (call) => {
      const metrics = functionMetrics(deps, call);
      return { status: 200, body: { ...metrics, instance_num: metrics['concurrency_num'] } };
    }),
    makeOperation('ListQuotas', 'GET', `${root}/quotas`, (call) => listQuotas(deps, call)),
  ];
}

function listStatistics(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const query = check(statisticsQuery, queryObject(call.query), badQuery);
  const { projectId } = call.account;
  const runs = deps.runner.history.runs().filter(({ urn }) => urn.includes(`:${projectId}:`));
  const now = deps.clock.now();
  if (query.filter === 'monitor_data') {
    const minutes = Number(query.period ?? DEFAULT_MINUTES);
    return { status: 200, body: { statistics: metricsOf(runs, minutes, now, reservedCount(deps, projectId)) } };
  }
  const [first, count] = MONTHS[query.option ?? '0'] ?? [0, 1];
  const date = new Date(now);
  const end = first === 0 ? now : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - first, 1);
  return { status: 200, body: monthlyUse(runs, count, end) };
}

/** Without a version in its URN: of all versions. */
function functionMetrics(deps: FunctionGraphDeps, call: OperationCall): Record<string, unknown> {
  const minutes = Number(check(z.strictObject({ period }), { period: call.params['period'] }, badQuery).period);
  const { record, urn } = deps.functions.find(call.params['func_urn'] ?? '', call.account.projectId);
  const wanted = urn.qualifier === '' ? undefined : urnOf(record, versionOf(record, urn.qualifier).version);
  const isOf = (run: RunRecord) =>
    wanted === undefined ? run.urn.startsWith(`${baseUrn(record)}:`) : run.urn === wanted;
  const reserved = Object.values(record.reserved ?? {}).reduce((sum, { count }) => sum + count, 0);
  return metricsOf(deps.runner.history.runs().filter(isOf), minutes, deps.clock.now(), reserved);
}

/** Quotas from the product description (2025-05-14) and from the sample of the page (functiongraph_06_0137). */
function listQuotas(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const { projectId } = call.account;
  const own = deps.functions.all().filter((record) => record.projectId === projectId);
  const bytes = own
    .flatMap(({ versions }) => versions.map(({ code }) => code.code_size))
    .reduce((sum, size) => sum + size, 0);
  const resources = [
    { type: 'fgs_func_scale_down_timeout', quota: 60, used: 0 },
    { type: 'fgs_func_occurs', quota: MAX_RESERVED, used: reservedCount(deps, projectId) },
    { type: 'fgs_func_pat_idle_time', quota: 100, used: 0 },
    { type: 'fgs_func_num', quota: 400, used: own.length },
    { type: 'fgs_func_code_size', quota: 10_240, used: Math.ceil(bytes / 1024 ** 2), unit: 'MB' },
    { type: 'fgs_workflow_num', quota: 512, used: 0 },
    { type: 'fgs_on_demand_instance_limit', quota: 1000, used: 0 },
    { type: 'fgs_func_qos_limit', quota: 1000, used: 0 },
  ];
  return { status: 200, body: { quotas: { resources } } };
}
