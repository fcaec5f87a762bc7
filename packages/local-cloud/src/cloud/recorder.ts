import type { ServiceName } from './operation.ts';

/** A request that reached the cloud, without secrets. */
export interface RecordedRequest {
  /** Epoch ms of the cloud's clock. */
  readonly at: number;
  readonly id: string;
  readonly method: string;
  /** As sent, with the query, in which signatures and tokens are masked. */
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

/** Passwords, passcodes, secret keys, tokens, sessions of Web CLI, encrypted variables of functions, and the code of functions and dependencies. */
const MASKED = /password|passcode|secret|token$|^client_id$|^encrypted_user_data$|^func_code$|^depend_file$/i;
/** Commands of Redis whose arguments can be passwords. */
const REDIS_COMMAND = /^(\s*(?:auth|hello|config|acl|migrate))\s.+$/is;
/** Whoever has a signed URL can send it again until it expires. */
const MASKED_QUERY = /([?&](?:x-(?:amz|obs)-security-token|(?:x-(?:amz|obs)-)?signature)=)[^&]*/gi;

/** A copy with secrets and code replaced by `***`, at any depth. */
export function maskSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskField(key, item)]));
}

function maskField(key: string, value: unknown): unknown {
  if (MASKED.test(key)) return '***';
  if (key === 'command' && typeof value === 'string') return value.replace(REDIS_COMMAND, '$1 ***');
  return maskSecrets(value);
}

export function maskUrl(url: string): string {
  return url.replace(MASKED_QUERY, '$1***');
}
