import { CloudError } from '../../kernel/errors.ts';
import { callText, responseText } from './call-text.ts';
import type { ProbeWorld } from './probe-world.ts';

const NODE_RUNTIME = /^Node\.js\d{1,2}(\.\d{1,2})?$/;

/** The Node.js runtimes of the region's FunctionGraph, sorted; or why they are not known. @throws {Interrupted} */
export async function probeRuntimes(world: ProbeWorld): Promise<readonly string[] | { readonly unanswered: string }> {
  world.progress('asking: which runtimes does FunctionGraph have?');
  const read = { operation: 'ListRuntimeTypes', path: '/v2/{project_id}/fgs/runtimetypes' };
  try {
    const response = await world.calls.read('FUNCTIONGRAPH', read);
    const found = [...new Set(textsOf(response.body))].filter((text) => NODE_RUNTIME.test(text)).sort();
    return found.length > 0 ? found : { unanswered: `${responseText(response)} without a Node.js runtime` };
  } catch (error) {
    if (error instanceof CloudError) return { unanswered: callText(error) };
    throw error;
  }
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
