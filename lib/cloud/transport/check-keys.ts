import { ConfigError } from '../../kernel/errors.ts';
import { Secret, secretProblem } from '../../kernel/secret.ts';

export interface Keys {
  readonly accessKey: string;
  readonly secretKey: string | Secret;
  /** Part of the temporary keys of an agency. */
  readonly securityToken?: string | Secret;
}

/**
 * The revealed keys, as an SDK takes them. The token is empty when there is none.
 *
 * @throws {ConfigError} when the keys are missing, or one contains a line break or a control character
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
      message: 'the keys are missing: give the function an agency, or set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK',
    },
  ]);
}

function plain(value: string | Secret | undefined): string {
  return value instanceof Secret ? value.reveal() : (value ?? '');
}
