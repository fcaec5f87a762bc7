import { AGENCY_NAME } from '../../../deploy/config-schema.ts';
import { serviceProvider } from '../../service-provider.ts';

/**
 * The agency whose keys the functions get, as `serverless.yml` says it in plain text.
 *
 * @returns `undefined` when there is no such file, or it does not say so: only the framework can resolve a variable
 */
export async function executionAgency(folder: string): Promise<string | undefined> {
  const provider = await serviceProvider(folder);
  const name = provider['executionAgency'] ?? provider['agency'];
  return typeof name === 'string' && AGENCY_NAME.test(name) ? name : undefined;
}
