import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Fields } from '../cloud/functiongraph.ts';
import { plainVariables, settled } from './check-service.ts';
import type { LoadedService } from './load-service.ts';
import { encryptedValues } from './wanted-function.ts';

export interface InvokeOutput {
  readonly result: (line: string) => void;
  readonly log: (line: string) => void;
}

/**
 * Runs a built function once in the local FunctionGraph, in a process of its own: with its variables, its time limit, its documented context,
 * and the keys of whoever calls. It does what it would do deployed.
 *
 * @returns false when the function failed
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
  const request = {
    name: key,
    codeFolder: join(serviceFolder, 'dist/functions', key),
    timeoutSeconds: settled(file, own).timeout,
    userData: { ...plainVariables(file, own), ...secrets },
    projectId: file.provider.projectId ?? env('HUAWEICLOUD_PROJECT_ID') ?? '',
    keys,
    event,
  };
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/invoke-local.ts'], {
    cwd: serviceFolder,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  createInterface({ input: child.stdout }).on('line', output.result);
  createInterface({ input: child.stderr }).on('line', output.log);
  // Through a pipe: what stands in arguments or the environment is seen by others.
  child.stdin.end(JSON.stringify(request));
  return (await code) === 0;
}
