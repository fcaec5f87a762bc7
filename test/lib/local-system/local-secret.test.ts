import { localSecrets } from '../../../lib/local-system/local-secret.ts';
import { makeJob, makeJobs } from '../../fixtures/jobs.ts';

describe('localSecrets', () => {
  it('generates a value for each secret of the file, and Standard Webhooks keys for signing secrets', () => {
    const auth = { standard_webhooks: [{ user_data: 'SIGNS' }] };
    const jobs = makeJobs([makeJob({ name: 'a', on: { request: { accepts: [], auth } } })], {
      staging: { id: 'i1', password: { user_data: 'PASSWORD' } },
    });

    expect([...localSecrets(jobs)]).toEqual([
      ['PASSWORD', 'local-PASSWORD'],
      ['SIGNS', expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/)],
    ]);
  });
});
