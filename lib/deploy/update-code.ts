import type { Fields } from '../cloud/programs/functiongraph/calls.ts';
import type { FunctionGraph } from '../cloud/programs/functiongraph/functiongraph.ts';
import { CloudError } from '../kernel/errors.ts';

/** The fields of a package in the bodies of CreateFunction and UpdateFunctionCode. */
export function codeBody(zip: Uint8Array): Fields {
  const file = Buffer.from(zip).toString('base64');
  return { code_type: 'zip', code_filename: 'index.zip', func_code: { file } };
}

/** Uploads a package as the latest code. It is not an error if the service already has exactly this code (FSS.0409). @throws {CloudError} */
export async function updateCode(api: FunctionGraph, urn: string, zip: Uint8Array): Promise<void> {
  try {
    await api.updateCode(`${urn}:latest`, codeBody(zip));
  } catch (error) {
    if (!(error instanceof CloudError && error.cloudCode === 'FSS.0409')) throw error;
  }
}
