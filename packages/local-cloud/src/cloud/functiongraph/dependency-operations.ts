import { z } from 'zod';
import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall, OperationResponse } from '../operation.ts';
import type { ServiceError } from '../service-error.ts';
import { decodeZip } from './code.ts';
import type { Dependencies, DependencyVersion } from './dependencies.ts';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import { page } from './paging.ts';
import { readPackage } from './read-package.ts';
import { unpack } from './unpack.ts';

const MB = 1024 * 1024;
/** In a request; through OBS the limit of function packages applies (functiongraph_06_0128). */
const MAX_SENT_BYTES = 40 * MB;
const MAX_OBS_BYTES = 300 * MB;
const MAX_BODY_BYTES = 56 * MB;
/** Values of `runtime` in the model of the request, and the newest Node.js. */
const RUNTIME =
  /^(Java(8|11|17)|Python(2\.7|3\.6|3\.9|3\.10)|Go1\.(8|x)|Node\.js\d+\.\d+|C#\(\.NET Core (2\.0|2\.1|3\.1|6\.0)\)|Custom|PHP(7\.3|8\.3)|Cangjie1\.0|http|Custom Image)$/;

/** Body of CreateDependencyVersion (functiongraph_06_0128). */
const dependencyBody = z.strictObject({
  depend_file: z.string().optional(),
  depend_link: z.string().optional(),
  depend_type: z.enum(['zip', 'obs']),
  runtime: z.string().regex(RUNTIME),
  name: z
    .string()
    .max(96)
    .regex(/^[A-Za-z]([A-Za-z0-9._-]*[A-Za-z0-9])?$/),
  description: z.string().max(512).optional(),
});

const markers = {
  marker: z
    .string()
    .regex(/^\d{1,9}$/)
    .optional(),
  maxitems: z
    .string()
    .regex(/^[1-9]\d{0,8}$/)
    .optional(),
};
/** Query of ListDependencies (functiongraph_06_0127). */
const dependenciesQuery = z.strictObject({
  ...markers,
  limit: markers.maxitems,
  ispublic: z.enum(['true', 'false']).optional(),
  dependency_type: z.enum(['public', 'private', 'all']).optional(),
  runtime: z.string().optional(),
  name: z.string().optional(),
});
const versionsQuery = z.strictObject(markers);

const invalidField = (field: string, problem: string): ServiceError => {
  if (field === 'runtime') return errors.badRuntime(problem);
  if (field === 'depend_type') return errors.badDependencyType();
  return errors.badDependency(`${field}: ${problem}`);
};
const invalidQuery = (field: string, problem: string): ServiceError => errors.badQuery(`${field}: ${problem}`);

/** Creates, lists, shows and deletes dependencies. There are no public ones. */
export function dependencyOperations(deps: FunctionGraphDeps): Operation[] {
  const root = '/v2/{project_id}/fgs/dependencies';
  const versions = `${root}/{depend_id}/version`;
  return [
    {
      name: 'CreateDependencyVersion',
      method: 'POST',
      path: `${root}/version`,
      body: 'json',
      maxBodyBytes: MAX_BODY_BYTES,
      handle: (call) => create(deps, call),
    },
    makeOperation('ListDependencies', 'GET', root, (call) => list(deps, call)),
    makeOperation('ListDependencyVersion', 'GET', versions, (call) => listVersions(deps, call)),
    makeOperation('ShowDependencyVersion', 'GET', `${versions}/{version}`, (call) => show(deps, call)),
    makeOperation('DeleteDependencyVersion', 'DELETE', `${versions}/{version}`, (call) => remove(deps, call)),
  ];
}

async function create(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  const body = check(dependencyBody, call.body, invalidField);
  const content = await contentOf(deps, body);
  unpack(content);
  const { projectId, domainId: ownerId } = call.account;
  const { name, runtime, description = '' } = body;
  return deps.functions.exclusively(async () => {
    if (deps.dependencies.all(projectId).some((other) => other.name === name && other.runtime !== runtime))
      throw errors.dependencyExists();
    const sent = { projectId, ownerId, name, runtime, description, modifiedAt: deps.clock.now() };
    return { status: 200, body: view(await deps.dependencies.add(sent, content), deps.region) };
  });
}

async function contentOf(deps: FunctionGraphDeps, body: z.output<typeof dependencyBody>): Promise<Buffer> {
  if (body.depend_type === 'zip') {
    const content = decodeZip(body.depend_file ?? '');
    if (content.length > MAX_SENT_BYTES) throw errors.codeTooLarge('40 MB');
    return content;
  }
  const content = await readPackage(deps, body.depend_link ?? '');
  if (content === undefined) throw errors.unknownPackage();
  if (content.length > MAX_OBS_BYTES) throw errors.codeTooLarge('300 MB');
  return content;
}

function list(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const query = check(dependenciesQuery, queryObject(call.query), invalidQuery);
  const isPublic = query.ispublic === 'true' || query.dependency_type === 'public';
  const found = latestVersions(deps.dependencies, call.account.projectId).filter(
    ({ name, runtime }) => !isPublic && name.includes(query.name ?? '') && runtime === (query.runtime ?? runtime),
  );
  const { items, next } = page(found, { marker: query.marker, maxitems: query.maxitems ?? query.limit });
  const dependencies = items.map((version) => ({ ...view(version, deps.region), id: version.dependencyId }));
  return { status: 200, body: { dependencies, next_marker: next, count: found.length } };
}

function listVersions(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const query = check(versionsQuery, queryObject(call.query), invalidQuery);
  const found = versionsOf(deps.dependencies, call);
  const { items, next } = page(found, query);
  const dependencies = items.map((version) => ({ ...view(version, deps.region), is_shared: false }));
  return { status: 200, body: { dependencies, next_marker: next, count: found.length } };
}

function show(deps: FunctionGraphDeps, call: OperationCall): OperationResponse {
  const version = versionOf(deps.dependencies, call);
  const body = view(version, deps.region);
  return { status: 200, body: { ...body, download_link: body['link'], is_shared: false } };
}

async function remove(deps: FunctionGraphDeps, call: OperationCall): Promise<OperationResponse> {
  return deps.functions.exclusively(async () => {
    const { id } = versionOf(deps.dependencies, call);
    const isUsed = deps.functions
      .all()
      .some(({ versions }) => versions.some(({ code }) => code.depend_version_list.includes(id)));
    if (isUsed) throw errors.dependencyInUse();
    await deps.dependencies.remove(id);
    return { status: 204 };
  });
}

function latestVersions(dependencies: Dependencies, projectId: string): DependencyVersion[] {
  return [...new Map(dependencies.all(projectId).map((version) => [version.dependencyId, version])).values()];
}

function versionsOf(dependencies: Dependencies, { account, params }: OperationCall): DependencyVersion[] {
  const found = dependencies.all(account.projectId).filter(({ dependencyId }) => dependencyId === params['depend_id']);
  if (found.length === 0) throw errors.unknownDependency();
  return found;
}

function versionOf(dependencies: Dependencies, call: OperationCall): DependencyVersion {
  const found = versionsOf(dependencies, call).find(({ version }) => String(version) === call.params['version']);
  if (found === undefined) throw errors.unknownDependency();
  return found;
}

function view(version: DependencyVersion, region: string): Record<string, unknown> {
  const { id, dependencyId, projectId, ownerId, name, modifiedAt, ...fields } = version;
  return {
    id,
    dep_id: dependencyId,
    owner: ownerId,
    name,
    file_name: `${name}.zip`,
    link: `https://functiongraph-dependencies.obs.${region}.myhuaweicloud.com/depends/${projectId}/${id}.zip`,
    ...fields,
    last_modified: Math.floor(modifiedAt / 1000),
  };
}
