import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import { asStep } from './deploy-error.ts';
import { describeTrigger } from './same-trigger.ts';
import type { NamedFunction } from './versions.ts';
import { type RetryOptions, withRetries } from './with-retries.ts';

/**
 * Deletes the triggers of a function, which frees buckets and gateway paths, then the function with all versions and aliases. It is not an
 * error if any of them no longer exists.
 *
 * @returns false if there was no such function
 * @throws {DeployError} if a call fails; calling it again continues from there
 */
export async function removeFunction(
  api: FunctionGraph,
  { name, urn }: NamedFunction,
  onStep: (what: string) => void,
  retry: RetryOptions,
): Promise<boolean> {
  const step = <T>(what: string, work: () => Promise<T>): Promise<T> => {
    onStep(what);
    return asStep(name, what, () => withRetries(work, retry));
  };
  const triggers = await step('list triggers', () => api.listTriggers(`${urn}:latest`));
  for (const trigger of triggers) {
    await step(`delete ${describeTrigger(trigger)}`, () => api.deleteTrigger(`${urn}:latest`, trigger));
  }
  return step('delete function', () => api.deleteFunction(urn));
}
