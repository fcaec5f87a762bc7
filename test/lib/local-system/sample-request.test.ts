import { Webhook } from 'standardwebhooks';
import { localSigningSecret } from '../../../lib/local-system/local-secret.ts';
import { sampleBody, sampleCredentials } from '../../../lib/local-system/sample-request.ts';
import { makeJob, makeJobs } from '../../fixtures/jobs.ts';

const found = makeJobs([
  makeJob({ name: 'watches', on: { object_created: { bucket: 'x', key: '*' } } }),
  makeJob({ name: 'asked', on: { request: { accepts: ['backup_files'] } } }),
  makeJob({ name: 'plain', fields: { description: '{{ request.body.commit }} by {{ job }}' } }),
  makeJob({
    name: 'token',
    on: { request: { accepts: [], auth: { bearer: [{ user_data: 'A' }, { user_data: 'B' }] } } },
  }),
  makeJob({ name: 'signed', on: { request: { accepts: [], auth: { standard_webhooks: [{ user_data: 'S' }] } } } }),
]);
const job = (name: string) => {
  const one = found.jobs.get(name);
  if (!one) throw new Error(name);
  return one;
};

describe('sampleBody', () => {
  it('names a file if the job leaves that to the caller', () => {
    expect(sampleBody(job('asked'), found)).toEqual({
      backup_files: {
        file_source: 'self_build_obs',
        bucket_name: 'x',
        files: [{ file_name: 'requested/sample.rdb' }],
      },
    });
  });

  it('has only the fields that placeholders use', () => {
    expect(sampleBody(job('plain'), found)).toEqual({ commit: 'sample' });
  });
});

describe('sampleCredentials', () => {
  const now = new Date();

  it('are empty if the gateway authenticates the caller', () => {
    expect(sampleCredentials(job('plain'), '{}', now)).toEqual({});
  });

  it('are the token of the first variable', () => {
    expect(sampleCredentials(job('token'), '{}', now)).toEqual({ authorization: 'Bearer local-A000000000' });
  });

  it('are a signature that the official library accepts for this body only', () => {
    const headers = sampleCredentials(job('signed'), '{"a":1}', now);
    const webhook = new Webhook(localSigningSecret('S'));

    expect(webhook.verify('{"a":1}', headers)).toEqual({ a: 1 });
    expect(() => webhook.verify('{"a":2}', headers)).toThrow('No matching signature');
  });
});
