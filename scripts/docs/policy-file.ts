/**
 * A custom policy for IAM, with one statement and line per action, so that it is easy to remove one. Scopes and reasons are in
 * docs/permissions.md. Formatted as this repository's formatter requires.
 */
export function policyFile(actions: readonly string[]): string {
  const statements = [...new Set(actions)].sort().map((action) => `    { "Effect": "Allow", "Action": ["${action}"] }`);
  return `{\n  "Version": "1.1",\n  "Statement": [\n${statements.join(',\n')}\n  ]\n}\n`;
}
