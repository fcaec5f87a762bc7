import { join } from 'node:path';
import { ROOT } from '../../build/package-root.ts';
import type { Fields } from '../../cloud/programs/functiongraph/calls.ts';
import type { FunctionGraph } from '../../cloud/programs/functiongraph/functiongraph.ts';
import { functionUrn } from '../../deploy/desired-function.ts';
import type { ServiceFile } from '../../deploy/service-file.ts';
import { codeBody } from '../../deploy/update-code.ts';
import { withRetries } from '../../deploy/with-retries.ts';
import { zipFolder } from '../../deploy/zip-folder.ts';
import { CloudError } from '../../kernel/errors.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { SETTINGS, type SettingName } from '../../kernel/settings.ts';

/** Longer than a probe takes. */
export const FUNCTION_SECONDS = 300;
const MEMORY_MB = 512;
const PREFIX = 'migrations-probe-';
/** Nothing else is ever deleted. */
const NAME = /^migrations-probe-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}$/;
const LEFTOVER_MS = 60 * 60_000;
/** Variables that say where the services are. */
const PLACES = (Object.keys(SETTINGS) as SettingName[]).filter((name) =>
  /^HUAWEICLOUD_(.*_ENDPOINT|REGION|PROJECT_ID|DOMAIN_ID)$/.test(name),
);

/** The name of the function of one probe. @param folderName the name of its folder */
export function probeFunctionName(folderName: string): string {
  return PREFIX + folderName;
}

/** The agency of a function; the one for its settings is used if it has none for its execution. */
export function agencyIn({ app_xrole: execution, xrole }: Fields): string | undefined {
  return [execution, xrole].find((agency): agency is string => typeof agency === 'string' && agency !== '');
}

/** The body of CreateFunction: the agency, network, runtime and endpoints of a deployed function, and the code of a probe. */
export async function probeFunctionBody(name: string, packageName: string, deployed: Fields): Promise<Fields> {
  const zip = await zipFolder(join(ROOT, 'dist/probe-function'));
  const { runtime, xrole, app_xrole, func_vpc: vpc, enterprise_project_id: project } = deployed;
  return {
    func_name: name,
    package: packageName,
    type: 'v2',
    runtime,
    handler: 'index.handler',
    memory_size: MEMORY_MB,
    timeout: FUNCTION_SECONDS,
    description: 'Created by npx migrations probe for one invocation. It can be deleted.',
    ...codeBody(zip),
    user_data: JSON.stringify(placesIn(deployed)),
    xrole: xrole ?? '',
    app_xrole: app_xrole ?? '',
    ...(isRecord(vpc) && vpc['vpc_id'] ? { func_vpc: networkIn(vpc) } : {}),
    ...(typeof project === 'string' && project !== '' ? { enterprise_project_id: project } : {}),
  };
}

/** A response has more fields than a request may have. */
function networkIn({ vpc_id, subnet_id, security_groups: groups }: Fields): Fields {
  return { vpc_id, subnet_id, ...(Array.isArray(groups) && groups.length > 0 ? { security_groups: groups } : {}) };
}

/** Other variables may be secret. */
function placesIn({ user_data: text }: Fields): Record<string, string> {
  let variables: unknown;
  try {
    variables = JSON.parse(String(text));
  } catch {
    return {};
  }
  if (!isRecord(variables)) return {};
  const given = variables;
  return Object.fromEntries(
    PLACES.flatMap((name) => {
      const value = given[name];
      return typeof value === 'string' && SETTINGS[name].parse(value) !== undefined ? [[name, value]] : [];
    }),
  );
}

/** Deletes the functions that killed probes left behind an hour ago or earlier. @throws {CloudError} */
export async function deleteLeftovers(
  api: Pick<FunctionGraph, 'listFunctions' | 'deleteFunction'>,
  file: ServiceFile,
  projectId: string,
  now: number,
): Promise<void> {
  for (const { name } of await api.listFunctions()) {
    const [year = 0, month = 0, ...rest] = NAME.exec(name)?.slice(1).map(Number) ?? [];
    if (year > 0 && Date.UTC(year, month - 1, ...rest) < now - LEFTOVER_MS)
      await api.deleteFunction(functionUrn(file, projectId, name));
  }
}

/** Deletes the function of a probe, if it exists. @returns why it may still exist */
export async function deleteProbeFunction(
  api: Pick<FunctionGraph, 'deleteFunction'>,
  urn: string,
  wait: (ms: number) => Promise<void>,
): Promise<CloudError | undefined> {
  try {
    await withRetries(() => api.deleteFunction(urn), { wait });
    return undefined;
  } catch (error) {
    if (error instanceof CloudError) return error;
    throw error;
  }
}
