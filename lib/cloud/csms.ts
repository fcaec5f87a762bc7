import { CloudError } from '../kernel/errors.ts';
import { STORED_NAME, STORED_VERSION } from '../kernel/secret-reference.ts';
import type { CsmsService } from '../ports/csms.ts';
import { fieldsOf } from './transport/read-fields.ts';
import { stringOf } from './transport/read-response.ts';
import { requestOf } from './transport/request-of.ts';
import { type CloudOptions, makeSdkClient } from './transport/sdk-client.ts';
import { unlessAbsent } from './transport/unless-absent.ts';
import { unusableResponse } from './transport/unusable-response.ts';

/** "The resource does not exist" and "the secret name is not found", both with status 400 (error codes of DEW, 2025-11). */
const NO_SUCH_SECRET = ['CSMS.0005', 'CSMS.0106'];

export interface CsmsOptions extends CloudOptions {
  /** Part of every path, and sent as `X-Project-Id`. */
  readonly projectId: string;
}

/**
 * CSMS over the official core; its generated client is not a dependency. Operations, paths and fields are those of the generated `CsmsClient`
 * (3.1.209): ShowSecretVersion and ShowSecret. The values that a response contains are never part of an error.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export function makeCsmsService(options: CsmsOptions): CsmsService {
  const sdk = makeSdkClient('CSMS', options, { projectId: options.projectId });
  const get = (operation: string, url: string, path: Readonly<Record<string, string>>, resource: string) =>
    sdk.call<object>({
      operation,
      kind: 'read',
      resource,
      use: (hc) => hc.sendRequest(requestOf('GET', url, { path })),
    });

  return {
    async readVersion(name, version) {
      const operation = 'ShowSecretVersion';
      const path = {
        secret_name: checkName(operation, STORED_NAME, name),
        version_id: checkName(operation, STORED_VERSION, version),
      };
      const url = '/v1/{project_id}/secrets/{secret_name}/versions/{version_id}';
      const { response, requestId } = await get(operation, url, path, `${name} ${version}`);
      const { secret_string: text, secret_binary: binary } = fieldsOf(fieldsOf(response)['version']);
      if (typeof text === 'string' && !(text === '' && typeof binary === 'string' && binary !== '')) return text;
      if (typeof binary === 'string') return undefined;
      throw unusableResponse('CSMS', operation, 'no_secret', 'the response has no value of the version', requestId);
    },

    async showSecret(name) {
      const operation = 'ShowSecret';
      const path = { secret_name: checkName(operation, STORED_NAME, name) };
      const call = get(operation, '/v1/{project_id}/secrets/{secret_name}', path, name);
      const result = await unlessAbsent(call, { codes: NO_SUCH_SECRET, any404: true });
      if (!result) return undefined;
      const state = stringOf(fieldsOf(fieldsOf(result.response)['secret'])['state']);
      if (state === undefined) {
        throw unusableResponse(
          'CSMS',
          operation,
          'no_secret',
          'the response has no secret with a state',
          result.requestId,
        );
      }
      return { state };
    },
  };
}

/** Checks a name that becomes part of a path. @throws {CloudError} `not_sent`, `bad_id`; a retry does not help */
function checkName(operation: string, pattern: RegExp, name: string): string {
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
