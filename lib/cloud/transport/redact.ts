import { makeRedactor } from '../../kernel/redactor.ts';

/** Messages of the services are short (SMS: 255, DCS: 1024 characters); anything longer echoes a request. */
const MAX_MESSAGE = 500;

/** The response to a refused signature contains the whole canonical request, headers included (APIGW.0301). */
const ECHO = /canonical[\s_-]*request[\s\S]*$/i;
const HEADER_ECHO =
  /(x-security-token|x-auth-token|x-subject-token|authorization|access(?==)|signature|password|passwd|secret|token)(["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|SDK-HMAC-SHA256[^|\n]*|[^\s|,;&"']+)/gi;

export type Redact = (text: string, maxLength?: number) => string;

/**
 * Redacts a message from the cloud: the given secrets become `***` wherever they occur, in all common encodings; echoed requests and headers
 * are cut; anything longer than the limit (500 characters by default) ends in `...`.
 */
export function makeRedact(secrets: readonly string[]): Redact {
  const redactor = makeRedactor();
  for (const secret of secrets) redactor.add(secret);

  return (text, maxLength = MAX_MESSAGE) => {
    const clean = redactor.text(text).replace(ECHO, 'canonical request omitted').replace(HEADER_ECHO, '$1$2***');
    return clean.length > maxLength ? `${clean.slice(0, maxLength)}...` : clean;
  };
}

/** The same for JSON, value by value: it stays JSON, with the same keys. A string that is not JSON is redacted as a whole. */
export function redactJson(json: string, redact: Redact, maxLength: number): string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return redact(json, maxLength);
  }
  let isChanged = false;
  const redacted = JSON.stringify(value, (_key, leaf: unknown) => {
    if (typeof leaf !== 'string') return leaf;
    const clean = redact(leaf, maxLength);
    isChanged ||= clean !== leaf;
    return clean;
  });
  return isChanged ? redacted : json;
}
