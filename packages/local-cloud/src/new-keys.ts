import { randomBytes, randomInt } from 'node:crypto';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const MIXED = `${UPPER}abcdefghijklmnopqrstuvwxyz`;

/** What opens a local system. It is made again at each start and kept in memory and in `system.json` alone. */
export interface LocalKeys {
  /** Shaped like temporary keys of the cloud: 20 and 40 characters. */
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string;
  /** For what is not signed: the gateway, the console and the control below `/local`. */
  readonly token: string;
}

export function makeLocalKeys(): LocalKeys {
  return {
    accessKey: pick(UPPER, 20),
    secretKey: pick(MIXED, 40),
    securityToken: randomBytes(48).toString('base64url'),
    token: randomBytes(32).toString('base64url'),
  };
}

function pick(characters: string, count: number): string {
  return Array.from({ length: count }, () => characters[randomInt(characters.length)]).join('');
}
