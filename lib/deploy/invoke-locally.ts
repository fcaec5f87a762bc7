import { join } from 'node:path';
import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import { plainVariables, settled } from './check-service.ts';
import { encryptedValues } from './desired-function.ts';
import type { LoadedService } from './load-service.ts';
import { BUILT_FOLDER } from './packages.ts';
import { runFunctions } from './run-functions.ts';

export interface InvokeOutput {
  readonly result: (line: string) => void;
  readonly log: (line: string) => void;
}

/**
 * Runs a built function once in the local FunctionGraph, with its variables and the user's keys.
 *
 * @returns false if the function failed
 * @throws {AppError} as `runFunctions`
 */
export async function invokeLocally(
  serviceFolder: string,
  loaded: LoadedService,
  key: string,
  event: Fields,
  output: InvokeOutput,
): Promise<boolean> {
  const { file, env } = loaded;
  const own = file.functions.get(key);
  if (!own) return false;
  const secrets = encryptedValues(file, loaded);
  const keys = {
    accessKey: env('HUAWEICLOUD_SDK_AK') ?? '',
    secretKey: env('HUAWEICLOUD_SDK_SK') ?? '',
    securityToken: env('HUAWEICLOUD_SDK_SECURITY_TOKEN') ?? '',
  };
  const [end] = await runFunctions(
    {
      functions: [
        {
          name: key,
          timeoutSeconds: settled(file, own).timeout,
          userData: { ...plainVariables(file, own), ...secrets },
        },
      ],
      code: { folder: join(serviceFolder, BUILT_FOLDER) },
      projectId: file.provider.projectId ?? env('HUAWEICLOUD_PROJECT_ID') ?? env('HUAWEICLOUD_SDK_PROJECT_ID') ?? '',
      keys,
      invocations: [{ name: key, event }],
    },
    output.log,
  );
  output.result(end?.payload ?? '');
  return end?.ok ?? false;
}
