import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import { openCode } from './code.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { checkConfig, codeBody, configBody, createBody, invalidField, maxInstanceBody } from './function-bodies.ts';
import { baseUrn, urnOf, versionOf, withVersion } from './functions.ts';
import { listQuery, page } from './paging.ts';
import type { FunctionConfig, FunctionRecord, VersionRecord } from './records.ts';
import { codeView, configView } from './wire.ts';

/** Enough for a package of 50 MB in Base64 and all other fields. */
const MAX_BODY_BYTES = 72 * 1024 * 1024;
const MAX_FUNCTIONS = 400;
/** The default according to the product page "Notes and Constraints". */
const DEFAULT_MAX_INSTANCES = 400;

/** Body fields that identify the function or its code. */
const NON_CONFIG_FIELDS = new Set([
  'func_name',
  'runtime',
  'package',
  'type',
  'code_type',
  'code_url',
  'code_filename',
  'func_code',
  'depend_version_list',
  'code_encrypt_kms_key_id',
]);

/** Creates, shows, updates and deletes functions. */
export function functionOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs/functions';
  const one = `${root}/{function_urn}`;
  return [
    {
      name: 'CreateFunction',
      method: 'POST',
      path: root,
      body: 'json',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: (call) => create(deps, call),
    },
    makeOperation('ListFunctions', 'GET', root, (call) => list(deps, call)),
    makeOperation('DeleteFunction', 'DELETE', one, (call) => remove(deps, call)),
    makeOperation('ShowFunctionConfig', 'GET', `${one}/config`, show(deps, configView)),
    makeOperation('UpdateFunctionConfig', 'PUT', `${one}/config`, (call) => updateConfig(deps, call)),
    makeOperation('ShowFunctionCode', 'GET', `${one}/code`, show(deps, codeView)),
    {
      name: 'UpdateFunctionCode',
      method: 'PUT',
      path: `${one}/code`,
      body: 'json',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: (call) => updateCode(deps, call),
    },
    makeOperation('UpdateFunctionMaxInstanceConfig', 'PUT', `${one}/config-max-instance`, (call) =>
      updateMaxInstances(deps, call),
    ),
  ];
}

function emit(
  deps: FunctionGraphDeps,
  kind: 'function_created' | 'function_changed' | 'function_deleted',
  record: FunctionRecord,
  what: string,
) {
  return deps.onEvent({ kind, service: 'FunctionGraph', id: baseUrn(record), name: record.name, status: what });
}

function find(deps: FunctionGraphDeps, { account, params }: OperationCall) {
  return deps.functions.find(params['function_urn'] ?? '', account.projectId);
}

/** Only `latest` can be changed: published versions are immutable. */
function findLatest(deps: FunctionGraphDeps, call: OperationCall) {
  const { record, urn } = find(deps, call);
  if (urn.qualifier !== '' && urn.qualifier !== 'latest')
    throw errors.badVersion('Only the latest version can be changed.');
  return { record, latest: versionOf(record, 'latest') };
}

async function create(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(createBody, call.body, invalidField);
  return deps.functions.change(async () => {
    if (deps.functions.all().some((record) => record.name === body.func_name && record.package === body.package))
      throw errors.functionExists();
    if (deps.functions.all().length >= MAX_FUNCTIONS) throw errors.tooManyFunctions();
    const code = await openCode(codePartOf(body), call.account.projectId, deps);
    const config = configPartOf(body);
    checkConfig(config, code.record.files);
    const latest: VersionRecord = {
      version: 'latest',
      description: '',
      config,
      code: code.record,
      modifiedAt: deps.clock.now(),
    };
    const record: FunctionRecord = {
      region: deps.region,
      projectId: call.account.projectId,
      domainId: call.account.domainId,
      package: body.package,
      name: body.func_name,
      runtime: body.runtime,
      versions: [latest],
      aliases: [],
      triggers: [],
      tags: {},
      maxInstances: DEFAULT_MAX_INSTANCES,
    };
    emit(deps, 'function_created', record, 'latest');
    return { record, code, result: { status: 200, body: configView(record, latest) } };
  });
}

async function updateCode(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(codeBody, call.body, invalidField);
  return deps.functions.change(async () => {
    const { record, latest } = findLatest(deps, call);
    const code = await openCode(body, call.account.projectId, deps);
    if (code.record.digest === latest.code.digest && isDeepStrictEqual(code.record, latest.code))
      throw errors.sameCode();
    const changed = { ...latest, code: code.record, modifiedAt: deps.clock.now() };
    emit(deps, 'function_changed', record, 'code');
    return { record: withVersion(record, changed), code, result: { status: 200, body: codeView(record, changed) } };
  });
}

async function updateConfig(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(configBody, call.body, invalidField);
  return deps.functions.change(async () => {
    const { record, latest } = findLatest(deps, call);
    if (body.func_name !== record.name) throw errors.badName('The name of a function cannot be changed.');
    if (body.runtime !== record.runtime) throw errors.badRuntime('The runtime of a function cannot be changed.');
    // Omitted fields are kept. The page does not say so, but a caller who wants a field removed must then do so explicitly.
    const config = { ...latest.config, ...configPartOf(body) };
    checkConfig(config, latest.code.files);
    const changed = { ...latest, config, modifiedAt: deps.clock.now() };
    const { strategy_config: strategy } = body;
    const kept = {
      ...withVersion(record, changed),
      ...(strategy?.concurrency === undefined ? {} : { maxInstances: strategy.concurrency }),
    };
    emit(deps, 'function_changed', record, 'configuration');
    return { record: kept, result: { status: 200, body: configView(kept, changed) } };
  });
}

async function updateMaxInstances(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(maxInstanceBody, call.body, invalidField);
  return deps.functions.change(async () => {
    const { record, latest } = findLatest(deps, call);
    const changed = { ...record, maxInstances: body.max_instance_num };
    emit(deps, 'function_changed', record, 'instances');
    return { record: changed, result: { status: 200, body: configView(changed, latest) } };
  });
}

async function remove(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  return deps.functions.change(async () => {
    const { record, urn } = find(deps, call);
    const result = { status: 204 };
    if (urn.qualifier === '') {
      emit(deps, 'function_deleted', record, 'all versions');
      return { record, removed: true, result };
    }
    const version = deletableVersion(record, urn.qualifier);
    emit(deps, 'function_changed', record, `version ${version} deleted`);
    const versions = record.versions.filter((candidate) => candidate.version !== version);
    return {
      record: { ...record, versions, triggers: record.triggers.filter(({ qualifier }) => qualifier !== version) },
      result,
    };
  });
}

function list(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const query = check(listQuery, queryObject(call.query), (field, problem) => errors.badQuery(`${field}: ${problem}`));
  const found = deps.functions
    .all()
    .filter(
      ({ name, package: group }) => name.includes(query.func_name ?? '') && group === (query.package_name ?? group),
    );
  const { items, next } = page(found, query);
  return {
    status: 200,
    body: {
      functions: items.map((record) => ({
        ...configView(record, versionOf(record, 'latest')),
        resource_id: urnOf(record, ''),
      })),
      next_marker: next,
      count: found.length,
    },
  };
}

function show(deps: FunctionGraphDeps, view: typeof configView) {
  return (call: OperationCall): OperationResponse => {
    const { record, urn } = find(deps, call);
    return { status: 200, body: view(record, versionOf(record, urn.qualifier)) };
  };
}

/** `latest` cannot be deleted on its own, and a version cannot be deleted while an alias points to it. @throws {ServiceError} */
function deletableVersion(record: FunctionRecord, qualifier: string): string {
  if (qualifier.startsWith('!')) throw errors.badVersion('Use DeleteVersionAlias to delete an alias.');
  const { version } = versionOf(record, qualifier);
  if (version === 'latest') throw errors.badVersion('The latest version cannot be deleted without the function.');
  if (record.aliases.some((alias) => alias.version === version))
    throw errors.precondition('An alias points to this version: delete or change it first.');
  if (record.aliases.some((alias) => Object.hasOwn(alias.additional_version_weights, version)))
    throw errors.additionalVersionInUse();
  return version;
}

function codePartOf(body: z.output<typeof createBody>): z.output<typeof codeBody> {
  const { code_type, code_url, code_filename, func_code, depend_version_list } = body;
  return { code_type, code_url, code_filename, func_code, depend_version_list };
}

function configPartOf(body: z.output<typeof createBody> | z.output<typeof configBody>): FunctionConfig {
  const { handler, timeout, memory_size } = body;
  const others = Object.entries(body).filter(([field]) => !NON_CONFIG_FIELDS.has(field));
  return { ...Object.fromEntries(others), handler, timeout, memory_size };
}
