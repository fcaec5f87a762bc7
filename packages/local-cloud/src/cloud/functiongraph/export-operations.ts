import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { versionOf } from './functions.ts';
import { configView } from './wire.ts';
import { zipStored } from './zip-stored.ts';

const flag = z.enum(['true', 'false']).optional();
/** Query of ExportFunction (functiongraph_06_0108_1, 2025-10-31). */
const exportQuery = z
  .strictObject({ config: flag, code: flag, type: z.enum(['code', 'config']).optional() })
  .refine(({ config, code, type }) => type === undefined || (config === undefined && code === undefined), {
    path: ['type'],
    message: 'cannot be used with code or config',
  })
  .refine(({ config, code, type }) => type !== undefined || config === 'true' || code === 'true', {
    path: ['type'],
    message: 'is required unless code or config is true',
  });

/** Functions of other languages are refused. */
const RUNTIMES = ['Node.js14.18', 'Node.js16.17', 'Node.js18.15', 'Node.js20.15'];

/**
 * Exports a function, and lists the runtimes of the region.
 *
 * The format of an export is not documented except by the sample of an older page: an object whose only key is the Base64 of a ZIP archive with the
 * code and `<function>.yaml`. The fields of the latter are not documented; here they are those of ShowFunctionConfig, with the values of encrypted variables masked. The response of
 * `runtimetypes` is that which the Terraform provider reads (a0345b8, 2026-08-21).
 */
export function exportOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs';
  return [
    makeOperation('ExportFunction', 'GET', `${root}/functions/{function_urn}/export`, (call) => exported(deps, call)),
    makeOperation('ListRuntimeTypes', 'GET', `${root}/runtimetypes`, () => ({
      status: 200,
      body: RUNTIMES.map((type) => ({ type, display_name: type.replace('.js', '.js ') })),
    })),
  ];
}

async function exported(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const { config, code, type } = check(exportQuery, queryObject(call.query), (field, problem) =>
    errors.badQuery(`${field}: ${problem}`),
  );
  const { record, urn } = deps.functions.find(call.params['function_urn'] ?? '', call.account.projectId);
  const version = versionOf(record, urn.qualifier);
  const files = new Map<string, Buffer>();
  if (type === 'code' || code === 'true')
    for (const [file, content] of await deps.functions.files(version.code)) files.set(file, content);
  // JSON is YAML.
  if (type === 'config' || config === 'true')
    files.set(`${record.name}.yaml`, Buffer.from(JSON.stringify(configView(record, version), null, 2)));
  return { status: 200, body: { [zipStored(files).toString('base64')]: null } };
}
