import type { CloudError } from '../../kernel/errors.ts';
import { passingTrouble } from '../../kernel/passing-trouble.ts';

interface Asked {
  readonly service: string;
  readonly operation: string;
  /** What it is about; calls without one are not remembered. */
  readonly resource?: string | undefined;
}

/** What the cloud refused to one invocation, for want of rights or quota: the same would be refused again, run after run. */
export interface Refusals {
  /** @throws {CloudError} the refusal of the same operation on the same resource */
  check(asked: Asked): void;
  /** Remembers a failure, if it is such a refusal. */
  note(error: CloudError): void;
}

/** Nothing is remembered beyond the invocation that it is made for, and no success. */
export function makeRefusals(): Refusals {
  const known = new Map<string, CloudError>();
  const keyOf = ({ service, operation, resource }: Asked) => JSON.stringify([service, operation, resource]);
  return {
    check(asked) {
      const refused = asked.resource === undefined ? undefined : known.get(keyOf(asked));
      if (refused) throw refused;
    },
    note(error) {
      const { kind } = passingTrouble(error) ?? {};
      if (error.outcome === 'rejected' && (kind === 'rights' || kind === 'quota')) known.set(keyOf(error), error);
    },
  };
}
