import { STORED_NAME } from '../../kernel/secret-reference.ts';
import { type CsmsOptions, checkSecretName } from '../csms.ts';
import { fieldsOf } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';
import { requestOf } from '../transport/request-of.ts';
import { makeSdkClient } from '../transport/sdk-client.ts';
import { unlessAbsent } from '../transport/unless-absent.ts';
import { unusableResponse } from '../transport/unusable-response.ts';

/** "The resource does not exist" and "the secret name is not found", both with status 400 (error codes of DEW, 2025-11). */
const NO_SUCH_SECRET = ['CSMS.0005', 'CSMS.0106'];

/** What is known about a secret in DEW besides its values. */
export interface StoredSecretState {
  /** `ENABLED`, `DISABLED`, `PENDING_DELETE` or `FROZEN`. Only values of enabled secrets can be read. */
  readonly state: string;
}

/**
 * Whether a secret can be read, over the official core: ShowSecret, path and fields as in the generated `CsmsClient` (3.1.209). Reads no value.
 *
 * @returns `undefined` when the secret does not exist
 * @throws {CloudError} when it can't be read
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export async function showStoredSecret(options: CsmsOptions, name: string): Promise<StoredSecretState | undefined> {
  const operation = 'ShowSecret';
  const sdk = makeSdkClient('CSMS', options, { projectId: options.projectId });
  const path = { secret_name: checkSecretName(operation, STORED_NAME, name) };
  const call = sdk.call<object>({
    operation,
    kind: 'read',
    use: (hc) => hc.sendRequest(requestOf('GET', '/v1/{project_id}/secrets/{secret_name}', { path })),
  });
  const result = await unlessAbsent(call, { codes: NO_SUCH_SECRET, any404: true });
  if (!result) return undefined;
  const state = stringOf(fieldsOf(fieldsOf(result.response)['secret'])['state']);
  if (state !== undefined) return { state };
  throw unusableResponse('CSMS', operation, 'no_secret', 'the response has no secret with a state', result.requestId);
}
