import { isRecord } from '../kernel/is-record.ts';
import { makeRedactor } from '../kernel/redactor.ts';
import { DeployError } from './deploy-error.ts';
import type { Deployment } from './deployment.ts';

/** @throws {DeployError} if a member, or the name of one, has the value of a secret, in any common encoding; the message says where */
export function refuseSecrets(deployment: Deployment, secrets: readonly string[]): void {
  const redactor = makeRedactor();
  for (const secret of secrets) redactor.add(secret);
  const found: string[] = [];
  const look = (value: unknown, place: string): void => {
    if (typeof value === 'string' && redactor.text(value) !== value) found.push(place);
    if (Array.isArray(value)) for (const [i, item] of value.entries()) look(item, `${place}[${i}]`);
    else if (isRecord(value)) for (const [name, member] of Object.entries(value)) lookInto(place, name, member);
  };
  const lookInto = (place: string, name: string, member: unknown): void => {
    const shown = redactor.text(name);
    if (shown !== name) found.push(`a name in ${place}`);
    look(member, `${place === '' ? '' : `${place}.`}${shown}`);
  };
  // Bytes and digests of packages, and what this software is, do not come from the files.
  const { software: _software, functions, ...rest } = deployment;
  const described = Object.entries(functions).map(([key, { package: _package, ...own }]) => [key, own]);
  look({ ...rest, functions: Object.fromEntries(described) }, '');
  if (found.length === 0) return;
  const message = `${found.join(', ')} would show the value of a secret; remove it from serverless.yml and migrations.yml, or choose a longer secret`;
  throw new DeployError(deployment.service, 'describe deployment', message);
}
