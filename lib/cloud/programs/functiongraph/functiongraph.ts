import { type FunctionGraphOptions, makeFunctionGraphCalls } from './calls.ts';
import { type Functions, functionCalls } from './functions.ts';
import { type Invocations, invocationCalls } from './invocations.ts';
import { type Triggers, triggerCalls } from './triggers.ts';
import { type Versions, versionCalls } from './versions.ts';

/**
 * The management API of FunctionGraph (API reference, chapter "FunctionGraph API", v2). Bodies and answers are the wire's own.
 *
 * Every method sends one request (lists one per page; a read that is cut off is sent again once) and throws `CloudError` when it fails.
 */
export type FunctionGraph = Functions & Triggers & Versions & Invocations;

/** The base URL of FunctionGraph in a region (FunctionGraphRegion of the Node SDK 3.1.211). */
export function functionGraphEndpoint(region: string): string {
  return `https://functiongraph.${region}.myhuaweicloud.com`;
}

/**
 * FunctionGraph over its generated client, on the same safe transport as everything else: the SDK's own prints code and variables of every
 * refused request.
 *
 * @throws {ConfigError} when there are no keys, or endpoint or project id are malformed
 */
export function makeFunctionGraph(options: FunctionGraphOptions): FunctionGraph {
  const calls = makeFunctionGraphCalls(options);
  return { ...functionCalls(calls), ...triggerCalls(calls), ...versionCalls(calls), ...invocationCalls(calls) };
}
