import { ConfigError } from '../../kernel/errors.ts';
import { Secret, secretProblem } from '../../kernel/secret.ts';

export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string | Secret;
  /** Comes with the temporary keys of an agency. */
  readonly securityToken?: string | Secret;
}

/**
 * The keys as an SDK takes them, revealed. The token is empty when there is none.
 *
 * @throws {ConfigError} when there are no keys, or one has a line end or a control character in it
 */
export function checkKeys(keys: Keys): { accessKey: string; secretKey: string; securityToken: string } {
  const accessKey = keys.accessKey;
  const secretKey = plain(keys.secretKey);
  const securityToken = plain(keys.securityToken);
  const named = { 'access key': accessKey, 'secret key': secretKey, 'security token': securityToken };
  for (const [name, value] of Object.entries(named)) {
    const problem = secretProblem(value);
    if (problem) throw new ConfigError('credentials', [{ path: [], message: `the ${name} ${problem}` }]);
  }
  if (accessKey && secretKey) return { accessKey, secretKey, securityToken };
  throw new ConfigError('credentials', [
    {
      path: [],
      message: 'there are no keys: give the function an agency, or set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK',
    },
  ]);
}

function plain(value: string | Secret | undefined): string {
  return value instanceof Secret ? value.reveal() : (value ?? '');
}
