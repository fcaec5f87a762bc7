import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayRequest } from '../../../lib/events/gateway-event.ts';
import { CloudError } from '../../../lib/kernel/errors.ts';
import { Secret } from '../../../lib/kernel/secret.ts';
import { referenceName, type SecretReference } from '../../../lib/kernel/secret-reference.ts';
import type { Invocation } from '../../../lib/platform/invocation.ts';
import { type Caller, callerOf } from '../../../lib/webhook/caller.ts';
import type { RequestRefusedError } from '../../../lib/webhook/problem.ts';
import { fakeRun } from '../../fakes/run-deps.ts';
import { loadYaml } from '../../fixtures/jobs.ts';

const ONLINE = 'online_migration: { name: moved, vpc_id: v, subnet_id: s, security_group_id: g }';
const job = (on: string) => `{ on: { ${on} }, ${ONLINE} }`;
const bearer = (...names: readonly string[]) =>
  job(`request: { auth: { bearer: [ ${names.map((name) => `{ csms: ${name} }`).join(', ')} ] } }`);

/** The caller that holds the secret `new`. `secret` reads those of callers. */
async function callerWith(jobs: Readonly<Record<string, string>>, secret: Invocation['callerSecret']): Promise<Caller> {
  const lines = Object.entries(jobs).map(([name, text]) => `  ${name}: ${text}\n`);
  const file = `version: 1\nregion: ap-southeast-3\njobs:\n${lines.join('')}`;
  const request: GatewayRequest = {
    kind: 'gateway',
    method: 'GET',
    path: '/jobs',
    headers: new Map([['authorization', 'Bearer value-of-the-secret-new']]),
    query: {},
    body: Buffer.alloc(0),
    requestId: 'r',
  };
  return callerOf(request, { jobs: (await loadYaml(file)).jobs, deps: fakeRun().deps, callerSecret: secret });
}

const secretOf = (reference: SecretReference) =>
  new Secret(`value-of-the-secret-${referenceName(reference).replace('csms ', '')}`);

const unreadable =
  (...names: readonly string[]) =>
  async (reference: SecretReference) => {
    const service = { service: 'CSMS', operation: 'ShowSecretVersion' };
    if (names.includes(referenceName(reference)))
      throw new CloudError({ ...service, outcome: 'not_sent', temporary: false, cloudCode: 'secret_unavailable' });
    return secretOf(reference);
  };

/** The jobs that the caller may see, while the secrets in `names` cannot be read. */
async function jobsOf(jobs: Readonly<Record<string, string>>, ...names: readonly string[]): Promise<string[]> {
  const caller = await callerWith(jobs, unreadable(...names));
  return (await caller.jobs()).map(({ name }) => name);
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

describe('while the secret of one job is not known yet', () => {
  const jobs = { mine: bearer('new'), both: bearer('slow', 'new'), theirs: bearer('slow') };
  /** The caller, and what makes the read of `slow` end with an error or a value. */
  const setUp = async () => {
    let resolve = (_secret: Secret): void => undefined;
    let reject = (_error: Error): void => undefined;
    const promise = new Promise<Secret>((...ends) => {
      [resolve, reject] = ends;
    });
    const caller = await callerWith(jobs, (reference) =>
      referenceName(reference) === 'csms slow' ? promise : secretOf(reference),
    );
    return { caller, resolve: () => resolve(new Secret('another-value-of-16')), reject };
  };
  const isOpen = async (work: Promise<unknown>) => {
    const open = Symbol('open');
    return (await Promise.race([work.catch(() => undefined), sleep(0, open)])) === open;
  };

  it('a caller of another job does not wait for it, however its read ends', async () => {
    const { caller, reject } = await setUp();

    expect(await caller.job('mine')).toMatchObject({ job: { name: 'mine' } });
    reject(new Error('the code of the client cannot be loaded'));
    expect(await caller.job('mine')).toMatchObject({ job: { name: 'mine' } });
  });

  it.each(['both', 'theirs', 'no-such-job'])('whoever asks for %s waits, whether it exists or not', async (name) => {
    const { caller, resolve } = await setUp();
    const end = caller.job(name).then(
      ({ job }) => job.name,
      (error: RequestRefusedError) => error.problem.type,
    );

    expect(await isOpen(end)).toBe(true);
    resolve();
    expect(await end).toBe(name === 'both' ? 'both' : 'no_such_job');
  });

  it('whoever asks for the list of jobs waits', async () => {
    const { caller, resolve } = await setUp();
    const end = caller.jobs();

    expect(await isOpen(end)).toBe(true);
    resolve();
    expect((await end).map(({ name }) => name)).toEqual(['mine', 'both']);
  });
});
