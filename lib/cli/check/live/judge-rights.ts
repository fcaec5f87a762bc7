import type { Permission, PolicyStatement } from '../../../cloud/programs/agencies.ts';
import type { GrantScope } from '../../../migrations/permission-row.ts';

/** What an agency was granted, by where. */
export interface Granted {
  readonly project: readonly Permission[];
  readonly global: readonly Permission[];
  readonly everywhere: readonly Permission[];
}

/**
 * May an action be done? `elsewhere`: it is allowed, but not where it is needed. `limited`: for some resources or under conditions.
 * `untold`: only by what a role of the system may hold. `by` names the permissions that say so.
 */
export interface Right {
  readonly is: 'allowed' | 'limited' | 'denied' | 'elsewhere' | 'untold' | 'missing';
  readonly by: readonly string[];
}

/** The version of a policy: its statements say everything. A role has `1.0`, and words of its service in place of actions. */
const POLICY = '1.1';

/** What policies say about one action. A Deny wins over every Allow (IAM user guide iam_01_0605). */
export function judgeRight(action: string, scope: GrantScope, { project, global, everywhere }: Granted): Right {
  const inScope = [...(scope === 'global' ? [] : project), ...(scope === 'project' ? [] : global), ...everywhere];
  const elsewhere = [...(scope === 'global' ? project : []), ...(scope === 'project' ? global : [])];
  const saying = (permissions: readonly Permission[], fits: (statement: PolicyStatement) => boolean) =>
    permissions
      .filter(({ version }) => version === POLICY)
      .filter(({ statements }) => statements.some((statement) => fits(statement) && names(statement, action)))
      .map(({ name }) => name);
  const is = (effect: string, limited: boolean) => (statement: PolicyStatement) =>
    statement.effect === effect && statement.isLimited === limited;
  const answers: [Right['is'], string[]][] = [
    ['denied', saying(inScope, is('Deny', false))],
    ['limited', saying(inScope, is('Deny', true))],
    ['allowed', saying(inScope, is('Allow', false))],
    ['limited', saying(inScope, is('Allow', true))],
    ['untold', inScope.filter(({ version }) => version !== POLICY).map(({ name }) => name)],
    ['elsewhere', saying(elsewhere, ({ effect }) => effect === 'Allow')],
  ];
  const [answer, by] = answers.find(([, permissions]) => permissions.length > 0) ?? ['missing' as const, []];
  return { is: answer, by: [...new Set(by)] };
}

/** Case does not count, `*` stands for anything. */
function names({ actions }: PolicyStatement, action: string): boolean {
  return actions.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
  });
}
