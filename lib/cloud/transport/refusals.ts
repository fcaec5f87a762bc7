import type { CloudError } from '../../kernel/errors.ts';
import { transientFailure } from '../../kernel/transient-failures.ts';

interface AttemptedCall {
  readonly service: string;
  readonly operation: string;
  /** The resource of the call; calls without one are not remembered. */
  readonly resource?: string | undefined;
}

/** What the cloud refused during one invocation because of permissions or quota: the same call would be refused again for every run. */
export interface Refusals {
  /** @throws {CloudError} the earlier refusal of the same operation on the same resource */
  check(attempted: AttemptedCall): void;
  /** Remembers a failure if it is such a refusal. */
  note(error: CloudError): void;
}

/** For one invocation: nothing is remembered beyond it. Successes are not remembered. */
export function makeRefusals(): Refusals {
  const known = new Map<string, CloudError>();
  const keyOf = ({ service, operation, resource }: AttemptedCall) => JSON.stringify([service, operation, resource]);
  return {
    check(attempted) {
      const refused = attempted.resource === undefined ? undefined : known.get(keyOf(attempted));
      if (refused) throw refused;
    },
    note(error) {
      const { kind } = transientFailure(error) ?? {};
      if (error.outcome === 'rejected' && (kind === 'rights' || kind === 'quota')) known.set(keyOf(error), error);
    },
  };
}
