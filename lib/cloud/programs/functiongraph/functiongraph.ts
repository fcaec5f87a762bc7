import { type FunctionGraphOptions, makeFunctionGraphCalls } from './calls.ts';
import { type Functions, functionCalls } from './functions.ts';
import { type Invocations, invocationCalls } from './invocations.ts';
import { type Tags, tagCalls } from './tags.ts';
import { type Triggers, triggerCalls } from './triggers.ts';
import { type Versions, versionCalls } from './versions.ts';

/**
 * The management API of FunctionGraph (API reference, chapter "FunctionGraph API", v2). Request and response bodies are as on the wire.
 *
 * Every method sends one request (lists send one per page; a read that is cut off is retried once) and throws `CloudError` when it fails.
 */
export type FunctionGraph = Functions & Triggers & Versions & Invocations & Tags;

/** The base URL of FunctionGraph in a region (FunctionGraphRegion of the Node SDK 3.1.211). */
export function functionGraphEndpoint(region: string): string {
  return `https://functiongraph.${region}.myhuaweicloud.com`;
}

/**
 * FunctionGraph over its generated client, on the same safe transport as the other services: the SDK's own transport prints the code and
 * variables of every refused request.
 *
 * @throws {ConfigError} when the keys are missing, or the endpoint or the project ID is malformed
 */
export function makeFunctionGraph(options: FunctionGraphOptions): FunctionGraph {
  const calls = makeFunctionGraphCalls(options);
  return {
    ...functionCalls(calls),
    ...triggerCalls(calls),
    ...versionCalls(calls),
    ...invocationCalls(calls),
    ...tagCalls(calls),
  };
}
