import { CloudError } from '../kernel/errors.ts';
import { STORED_NAME, STORED_VERSION } from '../kernel/secret-reference.ts';
import type { CsmsService } from '../ports/csms.ts';
import { fieldsOf } from './transport/read-fields.ts';
import { requestOf } from './transport/request-of.ts';
import { type CloudOptions, DEFAULT_RESERVE_MS, makeSdkClient } from './transport/sdk-client.ts';
import { unusableResponse } from './transport/unusable-response.ts';

/** A run that needs a secret waits until it can be read; a DEW that hangs must not hold up the others. */
const MAX_CALL_MS = 5_000;

export interface CsmsOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`. */
  readonly projectId: string;
}

/**
 * CSMS over the official core; its generated client is not a dependency. The operation is ShowSecretVersion, with path and fields as in the
 * generated `CsmsClient` (3.1.209). The values that a response contains are never part of an error.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export function makeCsmsService(options: CsmsOptions): CsmsService {
  const remainingMs = () => Math.min(options.remainingMs(), MAX_CALL_MS + DEFAULT_RESERVE_MS);
  const sdk = makeSdkClient('CSMS', { ...options, remainingMs }, { projectId: options.projectId });
  return {
    async readVersion(name, version) {
      const operation = 'ShowSecretVersion';
      const path = {
        secret_name: checkSecretName(operation, STORED_NAME, name),
        version_id: checkSecretName(operation, STORED_VERSION, version),
      };
      const url = '/v1/{project_id}/secrets/{secret_name}/versions/{version_id}';
      const { response, requestId } = await sdk.call<object>({
        operation,
        kind: 'read',
        resource: `${name} ${version}`,
        use: (hc) => hc.sendRequest(requestOf('GET', url, { path })),
      });
      const { secret_string: text, secret_binary: binary } = fieldsOf(fieldsOf(response)['version']);
      if (typeof text === 'string' && !(text === '' && typeof binary === 'string' && binary !== '')) return text;
      if (typeof binary === 'string') return undefined;
      throw unusableResponse('CSMS', operation, 'no_secret', 'the response has no value of the version', requestId);
    },
  };
}

/** Checks a name that becomes part of a path. @throws {CloudError} `not_sent`, `bad_id`; a retry does not help */
export function checkSecretName(operation: string, pattern: RegExp, name: string): string {
  if (pattern.test(name)) return name;
  throw new CloudError({
    service: 'CSMS',
    operation,
    outcome: 'not_sent',
    temporary: false,
    cloudCode: 'bad_id',
    cloudMessage: `${JSON.stringify(name.slice(0, 64))} is not a valid name of a secret or version`,
  });
}
