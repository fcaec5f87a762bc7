import { didYouMean } from '../schema/suggest.ts';
import { DeployError } from './deploy-error.ts';
import { functionUrn } from './desired-function.ts';
import { FUNCTION_OF, type ServiceFile } from './service-file.ts';
import type { NamedFunction } from './versions.ts';

/** A function that a command applies to. */
export interface ChosenFunction extends NamedFunction {
  readonly key: string;
}

/**
 * Checks the function given with `-f`.
 *
 * @param written the keys in `serverless.yml`, including functions that are not deployed
 * @throws {DeployError} if the function does not exist, with the name that was probably meant
 */
export function checkChosen({ functions }: ServiceFile, written: readonly string[], only: string | undefined): void {
  if (only === undefined || functions.has(only)) return;
  const known = [...functions.keys()];
  const problem =
    only === FUNCTION_OF.reconcile && written.includes(only)
      ? 'it is not deployed: without a ledger it has nothing to process'
      : `no such function in serverless.yml; there are ${known.join(', ')}${didYouMean(only, known)}`;
  throw new DeployError(only, 'find function', problem);
}

/** The functions that a command applies to: all, or the one given with `-f`, which `checkChosen` accepted. */
export function chosenFunctions(file: ServiceFile, projectId: string, only: string | undefined): ChosenFunction[] {
  return [...file.functions]
    .filter(([key]) => only === undefined || key === only)
    .map(([key, { name }]) => ({ key, name, urn: functionUrn(file, projectId, name) }));
}
