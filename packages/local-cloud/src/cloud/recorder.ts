import type { ServiceName } from './operation.ts';

/** A request that reached the cloud, without secrets. */
export interface RecordedRequest {
  /** Epoch ms of the cloud's clock. */
  readonly at: number;
  readonly id: string;
  readonly method: string;
  /** As sent, with the query. */
  readonly url: string;
  /** Undefined if no operation has this method and path. */
  readonly service: ServiceName | undefined;
  operation: string | undefined;
  readonly headerNames: readonly string[];
  /** The parsed JSON with secrets and code masked; undefined if there was none or it was not JSON. */
  body: unknown;
  /** The status of the response; undefined until there is one, and permanently if the connection was broken. */
  status: number | undefined;
  /** The kind of the fault that was applied to it. */
  fault: string | undefined;
}

/** Passwords, secret keys, values of secrets, tokens, sessions of Web CLI, encrypted variables of functions, and their code. */
const MASKED = /password|token$|^secret(_string|_binary)?$|^client_id$|^encrypted_user_data$|^func_code$/i;

/** A copy with secrets and code replaced by `***`, at any depth. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, MASKED.test(key) ? '***' : maskSecrets(item)]),
  );
}
