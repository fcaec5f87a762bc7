import { randomBytes, randomInt } from 'node:crypto';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const MIXED = `${UPPER}abcdefghijklmnopqrstuvwxyz`;

/** The keys of a local system. Generated at each start, and kept only in memory and in `system.json`. */
export interface LocalKeys {
  /** In the format of the cloud's temporary keys: 20 and 40 characters. */
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string;
  /** Of the account's only IAM user. */
  readonly password: string;
  /** For unsigned requests: to the gateway, the console and the control API under `/local`. */
  readonly token: string;
}

export function makeLocalKeys(): LocalKeys {
  return {
    accessKey: makeAccessKey(),
    secretKey: makeSecretKey(),
    securityToken: makeSecurityToken(),
    password: randomBytes(18).toString('base64url'),
    token: randomBytes(32).toString('base64url'),
  };
}

export function makeAccessKey(): string {
  return pick(UPPER, 20);
}

export function makeSecretKey(): string {
  return pick(MIXED, 40);
}

export function makeSecurityToken(): string {
  return randomBytes(48).toString('base64url');
}

function pick(characters: string, count: number): string {
  return Array.from({ length: count }, () => characters[randomInt(characters.length)]).join('');
}
