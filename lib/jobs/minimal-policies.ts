import type { NeededAction } from './needed-actions.ts';

/** A custom policy in the form that IAM accepts. */
interface Policy {
  readonly Version: '1.1';
  readonly Statement: readonly {
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource?: readonly string[];
  }[];
}

/** The minimal permissions: one policy for the region's project and one for global services, because IAM requires separate policies. */
export interface MinimalPolicies {
  readonly project?: Policy;
  readonly global?: Policy;
}

/** One statement per action. Actions with scope `either` go into the global policy. */
export function minimalPolicies(needed: readonly NeededAction[]): MinimalPolicies {
  const project = policyOf(needed.filter(({ scope }) => scope === 'project'));
  const global = policyOf(needed.filter(({ scope }) => scope !== 'project'));
  return { ...(project ? { project } : {}), ...(global ? { global } : {}) };
}

function policyOf(needed: readonly NeededAction[]): Policy | undefined {
  const actions = [...new Set(needed.map(({ action }) => action))].sort();
  if (actions.length === 0) return undefined;
  return {
    Version: '1.1',
    Statement: actions.map((action) => {
      const rows = needed.filter((row) => row.action === action);
      const resources = [...new Set(rows.flatMap((row) => row.resources ?? []))].sort();
      const isForAll = rows.some((row) => row.resources === undefined);
      return { Effect: 'Allow', Action: [action], ...(isForAll ? {} : { Resource: resources }) };
    }),
  };
}
