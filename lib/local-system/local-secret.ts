import { createHash } from 'node:crypto';

/** What a variable of the local functions holds: the same at every start, and in an instance as in the functions. */
export function localSecret(variable: string): string {
  return `local-${variable}`;
}

/** The same for one that signs messages: as Standard Webhooks wants them, 24 to 64 bytes in base64. */
export function localSigningSecret(variable: string): string {
  return `whsec_${createHash('sha256').update(localSecret(variable)).digest('base64')}`;
}
