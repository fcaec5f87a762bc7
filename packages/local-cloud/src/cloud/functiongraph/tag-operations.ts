import { z } from 'zod';
import { check } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { urnOf } from './functions.ts';
import type { FunctionRecord } from './records.ts';

/** Maximum per resource. The pages give no lengths; those below are from the Tag Management Service and not confirmed for functions. */
const MAX_TAGS = 20;

/** Body of CreateTags and DeleteTags (functiongraph_06_1023, _1024). */
const tagBody = z.strictObject({
  action: z.enum(['create', 'delete']).optional(),
  tags: z
    .array(z.strictObject({ key: z.string().min(1).max(128), value: z.string().max(255).optional() }))
    .min(1)
    .max(MAX_TAGS),
});

const number = z.union([z.int().min(0), z.string().regex(/^\d{1,9}$/)]);
/** Body of ShowResInstanceInfo (functiongraph_06_1021), whose example has numbers where its table has strings. */
const instancesBody = z.strictObject({
  without_any_tag: z.boolean().optional(),
  limit: number.optional(),
  offset: number.optional(),
  action: z.enum(['count', 'filter']).optional(),
  matches: z.array(z.strictObject({ key: z.literal('resource_name'), value: z.string() })).optional(),
  sys_tags: z.array(z.strictObject({ key: z.string(), values: z.array(z.string()).optional() })).optional(),
});

function checkType({ params }: OperationCall): void {
  if (params['resource_type'] !== 'functions') throw errors.invalid('resource_type: must be functions');
}

function isMatch({ name, tags }: FunctionRecord, sent: z.output<typeof instancesBody>): boolean {
  if (sent.without_any_tag && Object.keys(tags).length > 0) return false;
  return (sent.matches ?? []).every(({ value }) => name === value);
}

function resourceView(record: FunctionRecord) {
  const urn = urnOf(record, 'latest');
  const tags = Object.entries(record.tags).map(([key, value]) => ({ key, value }));
  return { resource_id: urn, resource_detail: { detailId: urn }, tags, sys_tags: [], resource_name: record.name };
}

/** Tags of functions. */
export function tagOperations({ functions }: FunctionGraphDeps): Operation[] {
  const find = (call: OperationCall) => {
    checkType(call);
    return functions.find(call.params['resource_id'] ?? '', call.account.projectId).record;
  };
  const ownFunctions = ({ account }: OperationCall) =>
    functions.all().filter(({ projectId }) => projectId === account.projectId);
  const change =
    (apply: (tags: Record<string, string>, key: string, value: string) => void) =>
    async (call: OperationCall): Promise<OperationResponse> => {
      const body = check(tagBody, call.body, (field, problem) => errors.invalid(`${field}: ${problem}`));
      return functions.change(async () => {
        const record = find(call);
        const tags = { ...record.tags };
        for (const { key, value = '' } of body.tags) apply(tags, key, value);
        if (Object.keys(tags).length > MAX_TAGS) throw errors.invalid(`tags: the limit is ${MAX_TAGS}`);
        return { record: { ...record, tags }, result: { status: 204 } };
      });
    };

  const root = '/v2/{project_id}/{resource_type}/{resource_id}/tags';
  return [
    makeOperation(
      'CreateTags',
      'POST',
      `${root}/create`,
      change((tags, key, value) => {
        tags[key] = value;
      }),
    ),
    {
      name: 'DeleteTags',
      method: 'DELETE',
      path: `${root}/delete`,
      body: 'json',
      handle: change((tags, key) => {
        delete tags[key];
      }),
    },
    makeOperation('ShowProjectTagsList', 'GET', '/v2/{project_id}/{resource_type}/tags', (call) => {
      checkType(call);
      const values = new Map<string, Set<string>>();
      for (const record of ownFunctions(call))
        for (const [key, value] of Object.entries(record.tags))
          values.set(key, (values.get(key) ?? new Set()).add(value));
      const tags = [...values].map(([key, found]) => ({ key, values: [...found] }));
      return { status: 200, body: { tags, sys_tags: [] } };
    }),
    makeOperation(
      'ShowResInstanceInfo',
      'POST',
      '/v2/{project_id}/{resource_type}/resource-instances/{action}',
      (call) => {
        checkType(call);
        const { action = '' } = call.params;
        if (action !== 'filter' && action !== 'count') throw errors.invalid('action: must be filter or count');
        const sent = check(instancesBody, call.body, (field, problem) => errors.invalid(`${field}: ${problem}`));
        const found = ownFunctions(call).filter((record) => isMatch(record, sent));
        if (action === 'count') return { status: 200, body: { total_count: found.length } };
        const start = Number(sent.offset ?? 0);
        const page = found.slice(start, start + Number(sent.limit ?? 1000));
        return { status: 200, body: { resources: page.map(resourceView), total_count: found.length } };
      },
    ),
    makeOperation('ListFunctionTags', 'GET', root, (call) => {
      const tags = Object.entries(find(call).tags).map(([key, value]) => ({ key, value }));
      return { status: 200, body: { tags, sys_tags: [] } };
    }),
  ];
}
