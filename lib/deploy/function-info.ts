import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import { asStep } from './deploy-error.ts';
import { describeTrigger } from './same-trigger.ts';
import { type NamedFunction, publishedVersions } from './versions.ts';
import { type RetryOptions, withRetries } from './with-retries.ts';

/** Describes a deployed function: URN, URLs, triggers, latest published version, aliases. @throws {DeployError} if it can't be read */
export async function describeFunction(
  api: FunctionGraph,
  func: NamedFunction,
  retry: RetryOptions,
): Promise<string[]> {
  const { name, urn } = func;
  const latest = `${urn}:latest`;
  const read = <T>(work: () => Promise<T>): Promise<T> => asStep(name, 'read', () => withRetries(work, retry));
  const config = await read(() => api.findConfig(latest));
  if (!config) return [name, '  not deployed'];
  const triggers = await read(() => api.listTriggers(latest));
  const [version = 'none'] = await read(() => publishedVersions(api, func));
  const aliases = await read(() => api.listAliases(urn));
  return [
    name,
    `  urn       ${latest}`,
    `  runs on   ${String(config['runtime'])}, ${String(config['memory_size'])} MB, ${String(config['timeout'])} s`,
    ...triggers.map((trigger) => {
      const { invoke_url: address } = trigger.data;
      const at = typeof address === 'string' && address !== '' ? `  ${address}` : '';
      return `  trigger   ${describeTrigger(trigger)}${trigger.status === 'ACTIVE' ? '' : ` ${trigger.status}`}${at}`;
    }),
    `  published ${version}`,
    ...aliases.map((alias) => `  alias     ${String(alias['name'])} -> ${String(alias['version'])}`),
  ];
}
