import type { GatewayRequest } from '../../../lib/events/gateway-event.ts';
import { CloudError } from '../../../lib/kernel/errors.ts';
import { Secret } from '../../../lib/kernel/secret.ts';
import { referenceName, type SecretReference } from '../../../lib/kernel/secret-reference.ts';
import type { Invocation } from '../../../lib/platform/invocation.ts';
import { callerOf } from '../../../lib/webhook/caller.ts';
import { fakeRun } from '../../fakes/run-deps.ts';
import { loadYaml } from '../../fixtures/jobs.ts';

const ONLINE = 'online_migration: { name: moved, vpc_id: v, subnet_id: s, security_group_id: g }';
const job = (on: string) => `{ on: { ${on} }, ${ONLINE} }`;
const bearer = (...names: readonly string[]) =>
  job(`request: { auth: { bearer: [ ${names.map((name) => `{ csms: ${name} }`).join(', ')} ] } }`);

/** The jobs that the holder of the secret `new` may see, while the secrets in `unreadable` cannot be read. */
async function jobsOf(jobs: Readonly<Record<string, string>>, ...unreadable: readonly string[]): Promise<string[]> {
  const lines = Object.entries(jobs).map(([name, text]) => `  ${name}: ${text}\n`);
  const file = `version: 1\nregion: ap-southeast-3\njobs:\n${lines.join('')}`;
  const secret = async (reference: SecretReference) => {
    const name = referenceName(reference);
    const service = { service: 'CSMS', operation: 'ShowSecretVersion' };
    if (unreadable.includes(name))
      throw new CloudError({ ...service, outcome: 'not_sent', temporary: false, cloudCode: 'secret_unavailable' });
    return new Secret(`value-of-the-secret-${name.replace('csms ', '')}`);
  };
  const request: GatewayRequest = {
    kind: 'gateway',
    method: 'GET',
    path: '/jobs',
    headers: new Map([['authorization', 'Bearer value-of-the-secret-new']]),
    query: {},
    body: Buffer.alloc(0),
    requestId: 'r',
  };
  const { deps } = fakeRun();
  const invocation = { jobs: (await loadYaml(file)).jobs, deps: { ...deps, secret } } as unknown as Invocation;
  return (await callerOf(request, invocation)).jobs().map(({ name }) => name);
}

describe('the jobs of a caller', () => {
  it('are told while a secret cannot be read, if it can make no other job available', async () => {
    const jobs = { asked: bearer('old', 'new'), nightly: job('schedule: { rate: 1d }') };

    expect(await jobsOf(jobs, 'csms old')).toEqual(['asked']);
  });

  it('are not told while a secret of a job that is not among them cannot be read', async () => {
    const jobs = { asked: bearer('new'), other: bearer('old') };

    await expect(jobsOf(jobs, 'csms old')).rejects.toThrow('callers cannot be authenticated now');
    expect(await jobsOf(jobs)).toEqual(['asked']);
  });
});
