import type { Clock } from '../../../src/cloud/clock.ts';
import type { LocalCloud } from '../../../src/cloud/local-cloud.ts';
import type { ObjectEvent } from '../../../src/cloud/obs/object-event.ts';
import type { BehaviorOf, QuestionId } from '../../../src/cloud/open-questions/open-questions.ts';
import { ACCOUNT, call, type Reply } from '../caller.ts';
import type { Sdk } from '../obs/sdk.ts';

/** The account has temporary keys, as a function has. */
export const ACCOUNT_OF_AGENCY = { ...ACCOUNT, securityToken: 'TOKEN' };

/** A cloud with one assumption, and its clients. */
export interface World {
  readonly cloud: LocalCloud;
  readonly clock: Clock;
  readonly sdk: Sdk;
  readonly objectEvents: readonly ObjectEvent[];
}

/** What a client sees, and what it is under each behavior: another thing under each. */
interface Observation<Q extends QuestionId> {
  readonly see: (world: World) => unknown;
  readonly under: { readonly [B in BehaviorOf<Q>]: unknown };
}

/** An observation for each of these questions. */
export type Observations<Questions extends Record<string, unknown>> = {
  readonly [Q in keyof Questions & QuestionId]: Observation<Q>;
};

/** Sends a signed request. A path that does not begin with `/v3` is one of DCS. */
export function send({ cloud }: World, method: string, path: string, body?: unknown): Promise<Reply> {
  const url = path.startsWith('/v3') ? path : `/v2/${ACCOUNT.projectId}${path}`;
  return call(cloud, method, url, body, { account: ACCOUNT_OF_AGENCY });
}

/** Status and code of a response: `400 DCS.4017`, or `200` without a code. */
export function codeOf({ status, json }: Reply): string {
  return `${status} ${json['error_code'] ?? ''}`.trim();
}
