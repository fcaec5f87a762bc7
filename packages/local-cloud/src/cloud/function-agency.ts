import type { Clock } from './clock.ts';
import { OPERATION_ACTIONS } from './iam/actions.ts';
import type { Assumed } from './open-questions/assumptions.ts';
import type { Account } from './operation.ts';
import { isLike, type Situations } from './situations.ts';

/** How long a new agency takes to come into effect (FunctionGraph user manual: about ten minutes). */
const FRESH_MS = 10 * 60_000;

export interface FunctionAgencyDeps {
  readonly accounts: readonly Account[];
  readonly clock: Clock;
  readonly assumed: Assumed;
  readonly situations: Situations;
}

/** The agency whose temporary keys the functions have, as old as the local cloud. */
export class FunctionAgency {
  readonly #deps: FunctionAgencyDeps;
  readonly #createdAt: number;

  constructor(deps: FunctionAgencyDeps) {
    this.#deps = deps;
    this.#createdAt = deps.clock.now();
  }

  /** The status that a request with the account's keys gets because of the agency; undefined if it gets a response. */
  refusal(account: Account): 401 | 403 | undefined {
    const { assumed, clock, situations } = this.#deps;
    if (this.#isOf(account) && situations.take('keys', () => true)) return 401;
    const behavior = assumed('fresh-agency');
    if (behavior === 'works' || account.securityToken === undefined) return undefined;
    if (clock.documentedMs(this.#createdAt) >= FRESH_MS) return undefined;
    return behavior === 'forbidden' ? 403 : 401;
  }

  /** The action that the agency no longer has, and the operation needs. */
  missing(account: Account, service: string, operation: string): string | undefined {
    const actions = [OPERATION_ACTIONS[service]?.[operation] ?? []].flat();
    if (!this.#isOf(account)) return undefined;
    return actions.find((action) => this.#deps.situations.take('right', (right) => isLike(right, 'action', action)));
  }

  /** Where the functions have no keys of their own, everybody's are theirs. */
  #isOf(account: Account): boolean {
    return account.isAgency ?? !this.#deps.accounts.some(({ isAgency }) => isAgency);
  }
}
