import { z } from 'zod';
import { check } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';

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

/** Tags of functions. */
export function tagOperations({ functions }: FunctionGraphDeps): Operation[] {
  const find = ({ account, params }: OperationCall) => {
    if (params['resource_type'] !== 'functions') throw errors.invalid('resource_type: must be functions');
    return functions.find(params['resource_id'] ?? '', account.projectId).record;
  };
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
    makeOperation('ListFunctionTags', 'GET', root, (call) => {
      const tags = Object.entries(find(call).tags).map(([key, value]) => ({ key, value }));
      return { status: 200, body: { tags, sys_tags: [] } };
    }),
  ];
}
