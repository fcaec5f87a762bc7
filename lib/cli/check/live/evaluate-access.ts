import type { Permission, PolicyStatement } from '../../../cloud/programs/agencies.ts';
import type { GrantScope } from '../../../migrations/permission-row.ts';

/** The permissions granted to an agency, by scope. */
export interface Granted {
  readonly project: readonly Permission[];
  readonly global: readonly Permission[];
  readonly everywhere: readonly Permission[];
}

/**
 * Whether an action is allowed. `elsewhere`: it is, but in another scope. `limited`: for some resources or under conditions. `untold`: unknown,
 * because only a system-defined role could allow it. `by` names the permissions responsible.
 */
export interface Access {
  readonly is: 'allowed' | 'limited' | 'denied' | 'elsewhere' | 'untold' | 'missing';
  readonly by: readonly string[];
}

/** The version of policies, whose statements list actions. Roles have `1.0`, and service-specific names instead of actions. */
const POLICY = '1.1';

/** Evaluates one action. A Deny overrides every Allow (IAM user guide iam_01_0605). */
export function evaluateAccess(action: string, scope: GrantScope, { project, global, everywhere }: Granted): Access {
  const inScope = [...(scope === 'global' ? [] : project), ...(scope === 'project' ? [] : global), ...everywhere];
  const elsewhere = [...(scope === 'global' ? project : []), ...(scope === 'project' ? global : [])];
  const matching = (permissions: readonly Permission[], fits: (statement: PolicyStatement) => boolean) =>
    permissions
      .filter(({ version }) => version === POLICY)
      .filter(({ statements }) => statements.some((statement) => fits(statement) && names(statement, action)))
      .map(({ name }) => name);
  const is = (effect: string, limited: boolean) => (statement: PolicyStatement) =>
    statement.effect === effect && statement.isLimited === limited;
  const results: [Access['is'], string[]][] = [
    ['denied', matching(inScope, is('Deny', false))],
    ['limited', matching(inScope, is('Deny', true))],
    ['allowed', matching(inScope, is('Allow', false))],
    ['limited', matching(inScope, is('Allow', true))],
    ['untold', inScope.filter(({ version }) => version !== POLICY).map(({ name }) => name)],
    ['elsewhere', matching(elsewhere, ({ effect }) => effect === 'Allow')],
  ];
  const [result, by] = results.find(([, permissions]) => permissions.length > 0) ?? ['missing' as const, []];
  return { is: result, by: [...new Set(by)] };
}

/** Case-insensitive; `*` matches anything. */
function names({ actions }: PolicyStatement, action: string): boolean {
  return actions.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
  });
}
