import { OPERATION_ACTIONS } from './actions.ts';
import type { LocalStatement } from './agencies.ts';

/** What the keys of all accounts may do. */
export class Grants {
  #statements: readonly LocalStatement[] | undefined;

  /** @param statements undefined: everything */
  constructor(statements?: readonly LocalStatement[]) {
    this.#statements = statements;
  }

  set(statements: readonly LocalStatement[] | undefined): void {
    this.#statements = statements;
  }

  /**
   * @param resource as in a policy, such as `OBS:*:*:object:bucket/key`; undefined for operations whose resources are not checked
   * @returns the action that is not granted, or the operation's name if its action is not known; undefined if it is granted
   */
  missing(service: string, operation: string, resource?: string): string | undefined {
    const statements = this.#statements;
    if (statements === undefined) return undefined;
    const actions = OPERATION_ACTIONS[service]?.[operation];
    if (actions === undefined) return operation;
    return [actions].flat().find((action) => {
      const matching = statements.filter((statement) => matches(statement, action, resource));
      return matching.length === 0 || matching.some(({ effect = 'Allow' }) => effect !== 'Allow');
    });
  }
}

function matches({ actions, resources }: LocalStatement, action: string, resource: string | undefined): boolean {
  if (!actions.some((pattern) => matchesPattern(pattern, action))) return false;
  return resource === undefined || resources === undefined || resources.some((one) => matchesPattern(one, resource));
}

/** `*` matches anything; upper and lower case are the same. */
function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`, 'is').test(text);
}
