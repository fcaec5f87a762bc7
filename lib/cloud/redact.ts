/** Messages of the services are short (SMS: 255, DCS: 1024 characters); what is longer echoes a request. */
const MAX_MESSAGE = 500;

/** What a refused signature answers with holds the whole canonical request, headers included (APIGW.0301). */
const ECHO = /canonical[\s_-]*request[\s\S]*$/i;
const HEADER_ECHO =
  /(x-security-token|x-auth-token|x-subject-token|authorization|access(?==)|signature|password|passwd|secret|token)(["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|SDK-HMAC-SHA256[^|\n]*|[^\s|,;&"']+)/gi;

export type Redact = (text: string, maxLength?: number) => string;

/**
 * Makes text from the cloud fit to be seen: the given secrets become `***` wherever they stand, also as JSON or a URL writes them;
 * echoed requests and headers are cut; what is longer than the limit (500 characters by default) ends in `...`.
 */
export function makeRedact(secrets: readonly string[]): Redact {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    // The longest first, so that a secret that is part of another leaves nothing of the other behind.
    .sort((a, b) => b.length - a.length);

  return (text, maxLength = MAX_MESSAGE) => {
    let clean = text;
    for (const form of forms) clean = clean.replaceAll(form, '***');
    clean = clean.replace(ECHO, 'canonical request left out').replace(HEADER_ECHO, '$1$2***');
    return clean.length > maxLength ? `${clean.slice(0, maxLength)}...` : clean;
  };
}
