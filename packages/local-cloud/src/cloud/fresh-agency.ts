import type { Clock } from './clock.ts';
import type { Assumed } from './open-questions/assumptions.ts';
import type { Account } from './operation.ts';

/** How long a new agency takes to come into effect (FunctionGraph user manual: about ten minutes). */
const FRESH_MS = 10 * 60_000;

/** The agency whose temporary keys the functions have, as old as the local cloud. */
export class FreshAgency {
  readonly #clock: Clock;
  readonly #assumed: Assumed;
  readonly #createdAt: number;

  constructor(clock: Clock, assumed: Assumed) {
    this.#clock = clock;
    this.#assumed = assumed;
    this.#createdAt = clock.now();
  }

  /** The status that a request with the account's keys gets because the agency is too new; undefined if it gets a response. */
  refusal(account: Account): 401 | 403 | undefined {
    const behavior = this.#assumed('fresh-agency');
    if (behavior === 'works' || account.securityToken === undefined) return undefined;
    if (this.#clock.documentedMs(this.#createdAt) >= FRESH_MS) return undefined;
    return behavior === 'forbidden' ? 403 : 401;
  }
}
