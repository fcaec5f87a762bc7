import type { NeededAction } from './needed-actions.ts';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
}

/** A custom policy in the form that IAM accepts. */
interface Policy {
  readonly Version: '1.1';
  readonly Statement: readonly Statement[];
}

/** An identity policy of the new IAM (usermanual-iam5 iam_01_0934, 2025-11-07). */
export interface IdentityPolicy {
  readonly Version: '5.0';
  readonly Statement: readonly Statement[];
}

/** The minimal permissions: one policy for the region's project and one for global services, because IAM requires separate policies. */
export interface MinimalPolicies {
  readonly project?: Policy;
  readonly global?: Policy;
}

/** One statement per action. Actions with scope `either` go into the global policy. */
export function minimalPolicies(needed: readonly NeededAction[]): MinimalPolicies {
  const project = statementsOf(needed.filter(({ scope }) => scope === 'project'));
  const global = statementsOf(needed.filter(({ scope }) => scope !== 'project'));
  return {
    ...(project.length > 0 && { project: { Version: '1.1', Statement: project } }),
    ...(global.length > 0 && { global: { Version: '1.1', Statement: global } }),
  };
}

/**
 * The same as one identity policy, which is not divided by scope. The actions of OBS begin with a small letter there (obs_04_0112, 2025); the others
 * have the same names.
 */
export function identityPolicy(needed: readonly NeededAction[]): IdentityPolicy {
  const rename = (action: string) =>
    action.startsWith('obs:')
      ? action.replace(/:([A-Z])(?=[A-Za-z]*$)/, (_, first: string) => `:${first.toLowerCase()}`)
      : action;
  return {
    Version: '5.0',
    Statement: statementsOf(needed).map(({ Effect, Action, Resource }) => ({
      Effect,
      Action: Action.map(rename),
      ...(Resource && { Resource: Resource.map((resource) => resource.replace(/^OBS:/, 'obs:')) }),
    })),
  };
}

function statementsOf(needed: readonly NeededAction[]): Statement[] {
  const actions = [...new Set(needed.map(({ action }) => action))].sort();
  return actions.map((action) => {
    const rows = needed.filter((row) => row.action === action);
    const resources = [...new Set(rows.flatMap((row) => row.resources ?? []))].sort();
    const isForAll = rows.some((row) => row.resources === undefined);
    return { Effect: 'Allow', Action: [action], ...(isForAll ? {} : { Resource: resources }) };
  });
}
