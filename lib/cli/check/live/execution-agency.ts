import { AGENCY_NAME } from '../../../deploy/config-schema.ts';
import { serviceProvider } from '../../service-provider.ts';

/**
 * The agency that gives the functions their keys, if `serverless.yml` has it as a literal.
 *
 * @returns `undefined` without that file or literal: only the framework can resolve a variable
 */
export async function executionAgency(folder: string): Promise<string | undefined> {
  const provider = await serviceProvider(folder);
  const name = provider['executionAgency'] ?? provider['agency'];
  return typeof name === 'string' && AGENCY_NAME.test(name) ? name : undefined;
}
