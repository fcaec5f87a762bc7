import { createHash } from 'node:crypto';
import type { Account } from '../operation.ts';

/** How a request names an account, a project or a user: by ID or by name. */
export interface Named {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** The accounts of the local IAM with their projects and users. */
export class Directory {
  readonly region: string;
  readonly #accounts: readonly Account[];

  constructor(region: string, accounts: readonly Account[]) {
    this.region = region;
    this.#accounts = accounts;
  }

  /** The account of a domain; undefined if there is none. If the domain has more than one, the first. */
  ofDomain(wanted: Named): Account | undefined {
    return this.#accounts.find((account) => isNamed({ id: account.domainId, name: domainName(account) }, wanted));
  }

  /** The accounts of the projects of a domain. */
  projectsOf(domainId: string): Account[] {
    return this.#accounts.filter((account) => account.domainId === domainId);
  }

  project(domainId: string, wanted: Named): Account | undefined {
    return this.projectsOf(domainId).find(({ projectId: id }) => isNamed({ id, name: this.region }, wanted));
  }

  /** The account whose user this is; undefined if the user does not exist or the password is wrong. */
  login(domain: Named, user: Named & { readonly password: string }): Account | undefined {
    return this.#accounts.find(
      (account) =>
        account.user !== undefined &&
        account.user.password === user.password &&
        isNamed({ id: userId(account), name: account.user.name }, user) &&
        (user.id !== undefined || isNamed({ id: account.domainId, name: domainName(account) }, domain)),
    );
  }
}

export function domainName({ domainName: name = 'local' }: Account): string {
  return name;
}

export function userName({ user }: Account): string {
  return user?.name ?? 'local';
}

/** 32 hex digits, the same at each start. */
export function userId(account: Account): string {
  return createHash('md5')
    .update(`${account.domainId}/${userName(account)}`)
    .digest('hex');
}

function isNamed(actual: Named, wanted: Named): boolean {
  if (wanted.id === undefined && wanted.name === undefined) return false;
  return (
    (wanted.id === undefined || wanted.id === actual.id) && (wanted.name === undefined || wanted.name === actual.name)
  );
}
