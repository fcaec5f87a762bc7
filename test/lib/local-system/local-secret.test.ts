import { localSecrets, localStoredSecrets, localValue } from '../../../lib/local-system/local-secret.ts';
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

describe('the generated values', () => {
  const tokens = [{ user_data: 'A' }, { user_data: 'LONG_ENOUGH_TOKEN' }, { csms: 'callers', key: 'ci token' }];
  const jobs = makeJobs(
    [
      makeJob({ name: 'a', on: { request: { accepts: [], auth: { bearer: tokens } } } }),
      makeJob({
        name: 'b',
        on: { request: { accepts: [], auth: { standard_webhooks: [{ csms: 'callers', key: 'partner' }] } } },
      }),
    ],
    {
      staging: { id: 'i1', password: { csms: 'cache' } },
      prod: { id: 'i2', password: { csms: 'cache', version: 'v2' } },
    },
  );

  it('of bearer tokens have at least 16 characters', () => {
    expect(tokens.map((token) => localValue(token, jobs))).toEqual([
      'local-A000000000',
      'local-LONG_ENOUGH_TOKEN',
      'local-callers-ci-token',
    ]);
  });

  it('of secrets in DEW are the whole secret, or a JSON object with the keys that the file names', () => {
    const secrets = localStoredSecrets(jobs);

    expect([...secrets.keys()]).toEqual(['cache', 'callers']);
    expect(secrets.get('cache')).toBe('local-cache');
    expect(JSON.parse(secrets.get('callers') ?? '')).toEqual({
      'ci token': 'local-callers-ci-token',
      partner: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
    });
    expect([...localSecrets(jobs).keys()]).toEqual(['A', 'LONG_ENOUGH_TOKEN']);
  });
});
