import { evaluateAccess, type Granted } from '../../../../../lib/cli/check/live/evaluate-access.ts';
import type { Permission } from '../../../../../lib/cloud/programs/agencies.ts';

const NOTHING: Granted = { project: [], global: [], everywhere: [] };
const policy = (
  name: string,
  actions: string[],
  more: { effect?: string; isLimited?: boolean; version?: string } = {},
): Permission => {
  const { effect = 'Allow', isLimited = false, version = '1.1' } = more;
  return { id: name, name, version, statements: [{ effect, actions, isLimited }] };
};
const ACTION = 'dcs:migrationTask:create';

describe('evaluateAccess', () => {
  it.each([[ACTION], ['dcs:*:*'], ['*:*:*'], ['*'], ['DCS:MigrationTask:Create'], ['dcs:migrationTask:c*']])(
    'allows what %s names',
    (pattern) => {
      expect(evaluateAccess(ACTION, 'project', { ...NOTHING, project: [policy('p', [pattern])] })).toEqual({
        is: 'allowed',
        by: ['p'],
      });
    },
  );

  it.each([
    ['dcs:migrationTask:creat'],
    ['dcs:migrationTask:createX'],
    ['dcs.migrationTask.create'],
    ['dcs:instance:*'],
    [''],
  ])('does not allow what %j names', (pattern) => {
    expect(evaluateAccess(ACTION, 'project', { ...NOTHING, project: [policy('p', [pattern])] })).toEqual({
      is: 'missing',
      by: [],
    });
  });

  it.each<['project' | 'global' | 'either', keyof Granted, string]>([
    ['project', 'project', 'allowed'],
    ['project', 'everywhere', 'allowed'],
    ['project', 'global', 'elsewhere'],
    ['global', 'global', 'allowed'],
    ['global', 'everywhere', 'allowed'],
    ['global', 'project', 'elsewhere'],
    ['either', 'project', 'allowed'],
    ['either', 'global', 'allowed'],
  ])('of an action of scope %s says, where it is granted in %s: %s', (scope, where, is) => {
    expect(evaluateAccess(ACTION, scope, { ...NOTHING, [where]: [policy('p', ['*'])] }).is).toBe(is);
  });

  it('lets a Deny win, but not one in another scope', () => {
    const deny = policy('no', ['dcs:*:*'], { effect: 'Deny' });
    const allow = policy('yes', ['*']);

    expect(evaluateAccess(ACTION, 'project', { ...NOTHING, project: [allow], everywhere: [deny] })).toEqual({
      is: 'denied',
      by: ['no'],
    });
    expect(evaluateAccess(ACTION, 'project', { ...NOTHING, project: [allow], global: [deny] })).toEqual({
      is: 'allowed',
      by: ['yes'],
    });
  });

  it('reports limited access, unless another policy allows it without limits', () => {
    const some = policy('some', ['*'], { isLimited: true });

    expect(evaluateAccess(ACTION, 'project', { ...NOTHING, project: [some] })).toEqual({ is: 'limited', by: ['some'] });
    expect(evaluateAccess(ACTION, 'project', { ...NOTHING, project: [some, policy('all', ['*'])] }).is).toBe('allowed');
    const deny = policy('no', ['*'], { effect: 'Deny', isLimited: true });
    expect(evaluateAccess(ACTION, 'project', { ...NOTHING, project: [deny, policy('all', ['*'])] })).toEqual({
      is: 'limited',
      by: ['no'],
    });
  });

  it('ignores the actions of a role, and evaluates a policy next to it', () => {
    const role = policy('Administrator', ['*:*:*'], { version: '1.0' });

    expect(evaluateAccess(ACTION, 'project', { ...NOTHING, project: [role] })).toEqual({
      is: 'untold',
      by: ['Administrator'],
    });
    expect(evaluateAccess(ACTION, 'project', { ...NOTHING, project: [role, policy('p', ['*'])] }).is).toBe('allowed');
    expect(evaluateAccess(ACTION, 'project', { ...NOTHING, global: [role] }).is).toBe('missing');
  });
});
