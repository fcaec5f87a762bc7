import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import { namesOwnProject, type OperationCall, type OperationResponse, type Service } from '../operation.ts';
import { ServiceError } from '../service-error.ts';
import { createSecretBody, createVersionBody, pageQuery } from './bodies.ts';
import type { Secrets, SecretValue, SecretVersion, StoredSecret } from './secrets.ts';

/** Limits of the user manual (dew_01_9993) and the API page of CreateSecretVersion. */
const MAX_SECRETS = 500;
const MAX_VERSIONS = 20;
const DEFAULT_LIMIT = 50;
const DEFAULT_KEY = 'csms/default';

/** Codes and statuses are from the error table (API reference of DEW, ErrorCode). An unknown secret is a 400 there, not a 404. */
function csmsError(status: number, code: string, message: string): ServiceError {
  return new ServiceError(status, { error_code: code, error_msg: message });
}

const invalid = (field: string, problem: string): ServiceError =>
  csmsError(400, 'CSMS.0002', `The value of parameter is invalid. ${field}: ${problem}`);

/** The table has no code for a missing permission. */
const forbidden = (what: string): ServiceError => csmsError(403, 'CSMS.0403', `Access denied: ${what}.`);

/** The local CSMS of DEW: secrets and their versions. Values are stored as they are given, without encryption. */
export function makeCsmsService(secrets: Secrets): Service {
  const at = '/v1/{project_id}/secrets';
  const one = `${at}/{secret_name}`;
  return {
    name: 'CSMS',
    operations: [
      makeOperation('CreateSecret', 'POST', at, (call) => createSecret(secrets, call)),
      makeOperation('ListSecrets', 'GET', at, (call) => listSecrets(secrets, call)),
      makeOperation('ShowSecret', 'GET', one, (call) => ({
        status: 200,
        body: { secret: secretView(secretOf(secrets, call)) },
      })),
      makeOperation('DeleteSecret', 'DELETE', one, (call) => {
        secrets.delete(secretOf(secrets, call));
        return { status: 204 };
      }),
      makeOperation('CreateSecretVersion', 'POST', `${one}/versions`, (call) => createVersion(secrets, call)),
      makeOperation('ListSecretVersions', 'GET', `${one}/versions`, (call) => listVersions(secrets, call)),
      makeOperation('ShowSecretVersion', 'GET', `${one}/versions/{version_id}`, (call) => showVersion(secrets, call)),
      makeOperation('ShowSecretStage', 'GET', `${one}/stages/{stage_name}`, (call) => showStage(secrets, call)),
    ],
    authorize: (call) => {
      if (!namesOwnProject(call)) throw forbidden('the project does not match the credentials');
    },
    errors: {
      emptyBody: () => csmsError(400, 'CSMS.0004', 'The requested body format is wrong. It is empty.'),
      notJson: () => csmsError(400, 'CSMS.0004', 'The requested body format is wrong. It is not JSON.'),
      wrongMethod: undefined,
      forbidden,
      internal: (message) => csmsError(500, 'CSMS.0001', `Internal error. ${message}`.trim()),
    },
  };
}

function secretOf(secrets: Secrets, { account, params }: OperationCall): StoredSecret {
  const secret = secrets.find(account.projectId, params['secret_name'] ?? '');
  if (secret === undefined) throw csmsError(400, 'CSMS.0106', 'The secret name not found int the db.');
  return secret;
}

function versionOf({ versions }: StoredSecret, id: string): SecretVersion {
  const version = id === 'latest' ? versions.at(-1) : versions.find((candidate) => candidate.id === id);
  if (version === undefined) throw csmsError(400, 'CSMS.0005', 'The resource does not exist.');
  return version;
}

function createSecret(secrets: Secrets, call: OperationCall): OperationResponse {
  const body = check(createSecretBody, call.body, invalid);
  const { projectId } = call.account;
  const { name, kms_key_id: keyId = DEFAULT_KEY, description = '', enterprise_project_id: enterprise = '0' } = body;
  if (secrets.find(projectId, name) !== undefined) throw invalid('name', 'a secret of this name exists');
  if (secrets.all(projectId).length >= MAX_SECRETS)
    throw csmsError(400, 'CSMS.0202', 'The number of secret has reached the upper limit.');
  const made = { projectId, name, keyId, description, enterpriseProjectId: enterprise };
  const secret = secrets.create(made, { value: valueIn(body) });
  return { status: 201, body: { secret: secretView(secret) } };
}

function createVersion(secrets: Secrets, call: OperationCall): OperationResponse {
  const secret = secretOf(secrets, call);
  const body = check(createVersionBody, call.body, invalid);
  if (secret.versions.length >= MAX_VERSIONS)
    throw csmsError(400, 'CSMS.0202', `The number of version has reached the upper limit (${MAX_VERSIONS}).`);
  const { version_stages: stages, expire_time: expireTime } = body;
  const version = secrets.addVersion(secret, { value: valueIn(body), stages, expireTime });
  return { status: 201, body: { version_metadata: versionView(secret, version) } };
}

function valueIn(body: { secret_binary?: string | undefined; secret_string?: string | undefined }): SecretValue {
  const { secret_string: text, secret_binary: binary = '' } = body;
  return text === undefined ? { secret_binary: binary } : { secret_string: text };
}

function showVersion(secrets: Secrets, call: OperationCall): OperationResponse {
  const secret = secretOf(secrets, call);
  const version = versionOf(secret, call.params['version_id'] ?? '');
  const body = { version: { version_metadata: versionView(secret, version), ...version.value } };
  return { status: 200, body };
}

function showStage(secrets: Secrets, call: OperationCall): OperationResponse {
  const secret = secretOf(secrets, call);
  const stage = call.params['stage_name'] ?? '';
  const version = secret.versions.find(({ stages }) => stages.includes(stage));
  if (version === undefined) throw csmsError(400, 'CSMS.0005', 'The resource does not exist.');
  const { name } = secret;
  const body = { name: stage, update_time: version.createdAt, secret_name: name, version_id: version.id };
  return { status: 200, body: { stage: body } };
}

function listSecrets(secrets: Secrets, call: OperationCall): OperationResponse {
  const { rows, info } = pageOf(secrets.all(call.account.projectId), ({ name }) => name, call);
  return { status: 200, body: { secrets: rows.map(secretView), page_info: info } };
}

function listVersions(secrets: Secrets, call: OperationCall): OperationResponse {
  const secret = secretOf(secrets, call);
  const { rows, info } = pageOf([...secret.versions].reverse(), ({ id }) => id, call);
  return { status: 200, body: { version_metadatas: rows.map((row) => versionView(secret, row)), page_info: info } };
}

/** The rows after the marker, which is the last row of the previous page. */
function pageOf<T>(all: readonly T[], markerOf: (row: T) => string, call: OperationCall) {
  const { limit, marker } = check(pageQuery, queryObject(call.query), invalid);
  const start = marker === undefined ? 0 : all.findIndex((row) => markerOf(row) === marker) + 1;
  if (marker !== undefined && start === 0) throw invalid('marker', 'is not in the list');
  const rows = all.slice(start, start + Number(limit ?? DEFAULT_LIMIT));
  const last = rows.at(-1);
  const hasMore = start + rows.length < all.length;
  const first = rows[0];
  const info = {
    next_marker: hasMore && last !== undefined ? markerOf(last) : null,
    previous_marker: start > 0 && first !== undefined ? markerOf(first) : null,
    current_count: rows.length,
  };
  return { rows, info };
}

function secretView(secret: StoredSecret): Record<string, unknown> {
  return {
    id: secret.id,
    name: secret.name,
    state: 'ENABLED',
    kms_key_id: secret.keyId,
    description: secret.description,
    create_time: secret.createdAt,
    update_time: secret.updatedAt,
    scheduled_delete_time: null,
    secret_type: 'COMMON',
    auto_rotation: false,
    event_subscriptions: [],
    enterprise_project_id: secret.enterpriseProjectId,
  };
}

function versionView({ name, keyId }: StoredSecret, { id, createdAt, expireTime, stages }: SecretVersion) {
  return {
    id,
    create_time: createdAt,
    expire_time: expireTime ?? null,
    kms_key_id: keyId,
    secret_name: name,
    version_stages: stages,
  };
}
