import { makeAccessKey, makeSecretKey, makeSecurityToken } from '../new-keys.ts';
import type { Clock } from './clock.ts';
import type { Account } from './operation.ts';

/** Keys that IAM has issued for a time. */
export interface TemporaryKeys {
  readonly account: Account & { readonly securityToken: string };
  /** Epoch ms of the cloud's clock. */
  readonly expiresAt: number;
}

/** The access keys of all accounts: those they were started with, and temporary keys until they expire. */
export class Credentials {
  readonly #permanent: readonly Account[];
  readonly #clock: Clock;
  readonly #temporary = new Map<string, TemporaryKeys>();

  constructor(accounts: readonly Account[], clock: Clock) {
    this.#permanent = accounts;
    this.#clock = clock;
  }

  find(accessKey: string): Account | undefined {
    return this.all().find((account) => account.accessKey === accessKey);
  }

  all(): Account[] {
    for (const [accessKey, { expiresAt }] of this.#temporary)
      if (expiresAt <= this.#clock.now()) this.#temporary.delete(accessKey);
    return [...this.#permanent, ...[...this.#temporary.values()].map(({ account }) => account)];
  }

  /** Makes keys of an account that are valid for some time from now. */
  issue(account: Account, seconds: number): TemporaryKeys {
    const keys = {
      accessKey: makeAccessKey(),
      secretKey: makeSecretKey(),
      securityToken: makeSecurityToken(),
    };
    const issued = { account: { ...account, ...keys }, expiresAt: this.#clock.now() + seconds * 1000 };
    this.#temporary.set(keys.accessKey, issued);
    return issued;
  }
}
