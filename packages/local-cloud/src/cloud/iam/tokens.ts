import { randomBytes } from 'node:crypto';
import type { Account } from '../operation.ts';

/** A token, valid for 24 hours (API page iam_30_0001, 2025-12-27). */
export const TOKEN_MS = 24 * 60 * 60 * 1000;

export interface IssuedToken {
  readonly text: string;
  readonly account: Account;
  readonly methods: readonly string[];
  /** A token for a project is for services with projects in their paths; any other is for global services such as IAM. */
  readonly scope: 'project' | 'domain' | 'none';
  /** Epoch ms of the cloud's clock. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Of a token of an agency: who assumed it, and its name. */
  readonly assumed?: { readonly by: Account; readonly agency: string } | undefined;
}

/** The tokens that IAM has issued, until the cloud stops. An expired token is still known, because the error for it is different. */
export class Tokens {
  readonly #byText = new Map<string, IssuedToken>();

  issue(token: Omit<IssuedToken, 'text'>): IssuedToken {
    const issued = { ...token, text: `MII${randomBytes(384).toString('base64url')}` };
    this.#byText.set(issued.text, issued);
    return issued;
  }

  find(text: string): IssuedToken | undefined {
    return this.#byText.get(text);
  }
}

/** The account as which a request with this token acts: without a project unless the token is for one. */
export function accountOf({ account, scope }: IssuedToken): Account {
  return scope === 'project' ? account : { ...account, projectId: '' };
}
