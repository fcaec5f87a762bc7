/**
 * A custom policy as IAM takes it, a statement for each action, so that one can be taken out by its line. Scope and reasons are in
 * docs/permissions.md. Laid out as the formatter of this repository wants it.
 */
export function policyFile(actions: readonly string[]): string {
  const statements = [...new Set(actions)].sort().map((action) => `    { "Effect": "Allow", "Action": ["${action}"] }`);
  return `{\n  "Version": "1.1",\n  "Statement": [\n${statements.join(',\n')}\n  ]\n}\n`;
}
