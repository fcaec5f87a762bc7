import { minimalPolicies } from '../../lib/jobs/minimal-policies.ts';
import type { NeededAction } from '../../lib/jobs/needed-actions.ts';

/** What IAM does not accept in a resource, so that no policy can be granted without it being replaced. */
const PLACEHOLDERS = {
  'ledger-bucket/ledger-prefix/': '<LEDGER_BUCKET>/<LEDGER_PREFIX>',
  'ledger-bucket': '<LEDGER_BUCKET>',
  'watched-bucket': '<BACKUP_BUCKET>',
} as const;

/**
 * A custom policy for IAM, with one statement and line per action, so that it is easy to remove one. Scopes and reasons are in
 * docs/permissions.md. Formatted as this repository's formatter requires.
 *
 * @param scope SMS is in the global one: no page says where it belongs
 */
export function policyFile(needed: readonly NeededAction[], scope: 'project' | 'global'): string {
  const statements = (minimalPolicies(needed)[scope]?.Statement ?? []).map(({ Action, Resource }) => {
    const head = `{ "Effect": "Allow", "Action": ["${Action.join('", "')}"]`;
    if (!Resource) return `    ${head} }`;
    const list = Resource.map((resource) => `"${withPlaceholders(resource)}"`).sort();
    const line = `    ${head}, "Resource": [${list.join(', ')}] }`;
    if (line.length <= 120) return line;
    const rows = [`"Effect": "Allow"`, `"Action": ["${Action.join('", "')}"]`, `"Resource": [${list.join(', ')}]`];
    return `    {\n${rows.map((row) => `      ${row}`).join(',\n')}\n    }`;
  });
  return `{\n  "Version": "1.1",\n  "Statement": [\n${statements.join(',\n')}\n  ]\n}\n`;
}

/** With the buckets of the reader in place of those of the example. */
export function withPlaceholders(resource: string): string {
  return Object.entries(PLACEHOLDERS).reduce((text, [from, to]) => text.replace(from, to), resource);
}
