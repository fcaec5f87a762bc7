import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import { asStep } from './deploy-error.ts';
import { describeTrigger } from './same-trigger.ts';
import { type Patience, tryAgain } from './try-again.ts';
import type { NamedFunction } from './versions.ts';

/**
 * Deletes the triggers of a function, which frees buckets and gateway paths, then the function with all versions and aliases. What is gone
 * already is no error.
 *
 * @returns false when there was no such function
 * @throws {DeployError} when a call fails; the same again goes on from there
 */
export async function removeFunction(
  api: FunctionGraph,
  { name, urn }: NamedFunction,
  onStep: (what: string) => void,
  patience: Patience,
): Promise<boolean> {
  const step = <T>(what: string, work: () => Promise<T>): Promise<T> => {
    onStep(what);
    return asStep(name, what, () => tryAgain(work, patience));
  };
  const triggers = await step('list triggers', () => api.listTriggers(`${urn}:latest`));
  for (const trigger of triggers) {
    await step(`delete ${describeTrigger(trigger)}`, () => api.deleteTrigger(`${urn}:latest`, trigger));
  }
  return step('delete function', () => api.deleteFunction(urn));
}
