import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { ServiceError } from '../service-error.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { aliasOf, urnOf, versionOf } from './functions.ts';
import { listQuery, page } from './paging.ts';
import type { AliasRecord, FunctionRecord, VersionRecord } from './records.ts';
import { aliasView, configView } from './wire.ts';

/** Including `latest` (product description, "Notes and Constraints", 2025-05-14). */
const MAX_VERSIONS = 20;
const MAX_ALIASES = 10;

/** Body of CreateFunctionVersion (functiongraph_06_0144). */
const versionBody = z.strictObject({
  digest: z.string().optional(),
  version: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,40}[A-Za-z0-9])?$/)
    .optional(),
  description: z.string().max(512).optional(),
});

const aliasFields = {
  version: z.string().min(1),
  description: z.string().max(512).optional(),
  additional_version_weights: z.record(z.string(), z.int()).optional(),
};
/** Body of CreateVersionAlias (functiongraph_06_0114). */
const aliasBody = z.strictObject({
  ...aliasFields,
  name: z.string().regex(/^[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/),
});
/** Body of UpdateVersionAlias (functiongraph_06_0115). */
const aliasChange = z.strictObject(aliasFields);

const badVersion = (field: string, problem: string): ServiceError => errors.badVersion(`${field}: ${problem}`);
const badAlias = (field: string, problem: string): ServiceError =>
  field.startsWith('additional_version_weights') ? errors.badWeight() : errors.badAlias(`${field}: ${problem}`);

/** Operations on versions and aliases. */
export function versionOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs/functions/{function_urn}';
  const one = `${root}/aliases/{alias_name}`;
  return [
    makeOperation('CreateFunctionVersion', 'POST', `${root}/versions`, (call) => publish(deps, call)),
    makeOperation('ListFunctionVersions', 'GET', `${root}/versions`, (call) => listVersions(deps, call)),
    makeOperation('CreateVersionAlias', 'POST', `${root}/aliases`, (call) => createAlias(deps, call)),
    makeOperation('ListVersionAliases', 'GET', `${root}/aliases`, (call) => listAliases(deps, call)),
    makeOperation('ShowVersionAlias', 'GET', one, (call) => showAlias(deps, call)),
    makeOperation('UpdateVersionAlias', 'PUT', one, (call) => updateAlias(deps, call)),
    makeOperation('DeleteVersionAlias', 'DELETE', one, (call) => deleteAlias(deps, call)),
  ];
}

function find(deps: FunctionGraphDeps, { account, params }: OperationCall) {
  return deps.functions.find(params['function_urn'] ?? '', account.projectId).record;
}

function emit(deps: FunctionGraphDeps, record: FunctionRecord, status: string) {
  return deps.onEvent({
    kind: 'function_changed',
    service: 'FunctionGraph',
    id: urnOf(record, ''),
    name: record.name,
    status,
  });
}

async function publish(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(versionBody, call.body, badVersion);
  return deps.functions.change(async () => {
    const record = find(deps, call);
    const latest = versionOf(record, 'latest');
    if (body.digest !== undefined && body.digest !== '' && body.digest !== latest.code.digest)
      throw errors.invalid('digest does not match the latest code.');
    const version = body.version ?? nameAt(deps.clock.now());
    if (record.versions.some((other) => other.version === version)) throw errors.versionExists();
    const last = record.versions.at(-1);
    if (last && last !== latest && isSame(last, latest)) throw errors.notChanged();
    if (record.versions.length >= MAX_VERSIONS) throw errors.tooManyVersions();
    const published = { ...latest, version, description: body.description ?? '', modifiedAt: deps.clock.now() };
    const changed = { ...record, versions: [...record.versions, published] };
    emit(deps, record, `published as ${version}`);
    return { record: changed, result: { status: 200, body: configView(changed, published) } };
  });
}

function listVersions(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const query = check(listQuery, queryObject(call.query), (field, problem) => errors.badQuery(`${field}: ${problem}`));
  const record = find(deps, call);
  const { items, next } = page(record.versions, query);
  return {
    status: 200,
    body: {
      versions: items.map((version) => configView(record, version)),
      next_marker: next,
      count: record.versions.length,
    },
  };
}

async function createAlias(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(aliasBody, call.body, badAlias);
  return deps.functions.change(async () => {
    const record = find(deps, call);
    if (record.aliases.some(({ name }) => name === body.name)) throw errors.aliasExists();
    if (record.aliases.length >= MAX_ALIASES) throw errors.tooManyAliases();
    const alias: AliasRecord = {
      name: body.name,
      version: body.version,
      description: body.description ?? '',
      additional_version_weights: body.additional_version_weights ?? {},
      modifiedAt: deps.clock.now(),
    };
    checkAlias(record, alias);
    const changed = { ...record, aliases: [...record.aliases, alias] };
    emit(deps, record, `alias ${alias.name} points to ${alias.version}`);
    return { record: changed, result: { status: 200, body: aliasView(changed, alias) } };
  });
}

async function updateAlias(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(aliasChange, call.body, badAlias);
  return deps.functions.change(async () => {
    const record = find(deps, call);
    const before = aliasOf(record, call.params['alias_name'] ?? '');
    const alias: AliasRecord = {
      ...before,
      version: body.version,
      description: body.description ?? before.description,
      additional_version_weights: body.additional_version_weights ?? {},
      modifiedAt: deps.clock.now(),
    };
    checkAlias(record, alias);
    const changed = { ...record, aliases: record.aliases.map((other) => (other === before ? alias : other)) };
    emit(deps, record, `alias ${alias.name} points to ${alias.version}`);
    return { record: changed, result: { status: 200, body: aliasView(changed, alias) } };
  });
}

async function deleteAlias(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  return deps.functions.change(async () => {
    const record = find(deps, call);
    const alias = aliasOf(record, call.params['alias_name'] ?? '');
    if (record.triggers.some(({ qualifier }) => qualifier === `!${alias.name}`)) throw errors.aliasHasTriggers();
    emit(deps, record, `alias ${alias.name} deleted`);
    return {
      record: { ...record, aliases: record.aliases.filter((other) => other !== alias) },
      result: { status: 204 },
    };
  });
}

function listAliases(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const record = find(deps, call);
  return { status: 200, body: record.aliases.map((alias) => aliasView(record, alias)) };
}

function showAlias(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const record = find(deps, call);
  return { status: 200, body: aliasView(record, aliasOf(record, call.params['alias_name'] ?? '')) };
}

/** `vYYYYMMDD-HHMMSS`, the service's default name of a version. */
function nameAt(ms: number): string {
  const digits = new Date(ms).toISOString().replace(/\D/g, '');
  return `v${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}

function isSame(a: VersionRecord, b: VersionRecord): boolean {
  return a.code.digest === b.code.digest && isDeepStrictEqual(a.config, b.config);
}

/** @throws {ServiceError} */
function checkAlias(record: FunctionRecord, alias: AliasRecord): void {
  const { version } = versionOf(record, alias.version);
  if (record.aliases.some((other) => other.name !== alias.name && other.version === version))
    throw errors.versionAliased();
  const additional = Object.entries(alias.additional_version_weights);
  if (additional.length > 1) throw errors.badAdditionalVersion('At most one is allowed.');
  for (const [other, weight] of additional) {
    if (other === version) throw errors.sameAdditionalVersion();
    if (!record.versions.some((candidate) => candidate.version === other))
      throw errors.badAdditionalVersion('It does not exist.');
    if (weight < 0 || weight > 100) throw errors.badWeight();
  }
}
