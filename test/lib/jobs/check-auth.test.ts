import { checkAuth } from '../../../lib/jobs/check-auth.ts';
import { secretNames } from '../../../lib/jobs/secret-names.ts';
import type { Findings } from '../../../lib/schema/findings.ts';
import { loadYaml } from '../../fixtures/jobs.ts';

function check(value: unknown) {
  const found: Findings = { problems: [], warnings: [] };
  const auth = checkAuth(value, ['auth'], found);
  return { auth, problems: found.problems.map(({ path, message }) => `${path.join('.')}: ${message}`) };
}

const secrets = (count: number) => Array.from({ length: count }, (_, i) => ({ user_data: `SECRET_${i}` }));

const labelled = (as: unknown) => ({ bearer: [{ user_data: 'A', as }] });

describe('checkAuth', () => {
  it.each([
    ['nothing, because the gateway then authenticates callers', undefined, undefined],
    ['gateway', 'gateway', 'gateway'],
    ['none', 'none', 'none'],
    ['signed messages', { standard_webhooks: secrets(2) }, { standard_webhooks: secrets(2) }],
    ['a bearer token', { bearer: secrets(1) }, { bearer: secrets(1) }],
    ['five secrets', { bearer: secrets(5) }, { bearer: secrets(5) }],
    [
      'a label of a secret in DEW',
      { bearer: [{ csms: 'ci', key: 'a', as: 'partner-a' }] },
      { bearer: [{ csms: 'ci', key: 'a', as: 'partner-a' }] },
    ],
    [
      'two keys of a secret in DEW',
      {
        bearer: [
          { csms: 'ci', key: 'a' },
          { csms: 'ci', key: 'b' },
        ],
      },
      {
        bearer: [
          { csms: 'ci', key: 'a' },
          { csms: 'ci', key: 'b' },
        ],
      },
    ],
    [
      'labels, one for the secrets of a rotation',
      { bearer: [{ user_data: 'A', as: 'partner-a' }, { user_data: 'A_NEW', as: 'partner-a' }, { user_data: 'B' }] },
      { bearer: [{ user_data: 'A', as: 'partner-a' }, { user_data: 'A_NEW', as: 'partner-a' }, { user_data: 'B' }] },
    ],
    [
      'labels of signed messages',
      { standard_webhooks: [{ as: 'a', user_data: 'A' }] },
      { standard_webhooks: [{ user_data: 'A', as: 'a' }] },
    ],
    ['a label of 40 characters', labelled('a'.repeat(40)), labelled('a'.repeat(40))],
  ])('accepts %s', (_case, given, expected) => {
    expect(check(given)).toEqual({ auth: expected, problems: [] });
  });

  it.each([
    ['another word', 'open', 'auth: must be gateway, none'],
    ['a list', [], 'auth: must be gateway, none'],
    ['an empty object', {}, 'auth: must have exactly one of standard_webhooks and bearer'],
    ['both', { bearer: secrets(1), standard_webhooks: secrets(1) }, 'auth: must have exactly one of'],
    ['another scheme', { basic: secrets(1) }, 'auth.basic: unknown key'],
    ['no secret', { bearer: [] }, 'auth.bearer: must be a list of 1 to 5'],
    ['six secrets', { bearer: secrets(6) }, 'auth.bearer: must be a list of 1 to 5'],
    ['something other than a list', { bearer: { user_data: 'A' } }, 'auth.bearer: must be a list of 1 to 5'],
    ['an invalid name', { bearer: [{ user_data: '1' }] }, 'auth.bearer.0.user_data: must be the name of a variable'],
    [
      'an invalid name in DEW',
      { bearer: [{ csms: 'a b' }] },
      'auth.bearer.0.csms: must be the name of a secret in DEW',
    ],
    [
      'the same secret in DEW twice',
      {
        bearer: [
          { csms: 'ci', key: 'a' },
          { key: 'a', csms: 'ci' },
        ],
      },
      'auth.bearer.1: lists csms ci (key a) twice',
    ],
    ['a label of 41 characters', labelled('a'.repeat(41)), 'auth.bearer.0.as: must have 1 to 40 lower-case letters'],
    ['an empty label', labelled(''), 'auth.bearer.0.as: must have 1 to 40'],
    ['an upper-case label', labelled('Partner'), 'auth.bearer.0.as: must have 1 to 40'],
    ['a label that begins with a digit', labelled('1a'), 'auth.bearer.0.as: must have 1 to 40'],
    ['a label that is not a string', labelled(7), 'auth.bearer.0.as: must have 1 to 40'],
    ['a label without a value', labelled(null), 'auth.bearer.0.as: must have 1 to 40'],
    ['a label alone', { bearer: [{ as: 'a' }] }, 'auth.bearer.0: must be { user_data: NAME }'],
    ['another key beside the label', { bearer: [{ user_data: 'A', as: 'a', of: 'b' }] }, 'auth.bearer.0: must be'],
    [
      'one secret under two labels',
      {
        bearer: [
          { user_data: 'A', as: 'a' },
          { user_data: 'A', as: 'b' },
        ],
      },
      'auth.bearer.1: lists A twice',
    ],
    ['a duplicate name', { bearer: [...secrets(1), ...secrets(1)] }, 'auth.bearer.1: lists SECRET_0 twice'],
  ])('refuses %s', (_case, given, message) => {
    expect(check(given).problems.join('\n')).toContain(message);
  });

  it('does not show a secret in place of a label', () => {
    const { problems } = check(labelled('hunter2 hunter2'));

    expect(problems.join()).toContain('auth.bearer.0.as: ');
    expect(problems.join()).not.toContain('hunter2');
  });

  it('does not show a secret in the file', () => {
    const { problems } = check({ bearer: ['hunter2-hunter2'] });

    expect(problems).toEqual([
      'auth.bearer.0: must be { user_data: NAME }, the name of an encrypted variable of the function; received a string, which is not shown',
    ]);
  });

  describe('in a file with several jobs', () => {
    const job = (name: string, on: string) => `
  ${name}:
    on: { ${on} }
    online_migration: { name: ${name}, vpc_id: v, subnet_id: s, security_group_id: g }`;
    const bearer = 'request: { auth: { bearer: [ { user_data: A_TOKEN } ] } }';
    const signed = 'request: { auth: { standard_webhooks: [ { user_data: A_SECRET } ] } }';
    const warnings = async (...jobs: string[]) =>
      (
        await loadYaml(`
version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: m/ } }
jobs:${jobs.join('')}
`)
      ).warnings.map(({ path, message }) => `${path.join('.')}: ${message}`);

    it.each([
      ['bearer', job('own', bearer)],
      ['standard_webhooks', job('own', signed)],
      ['none', job('own', 'request: { auth: none }')],
    ])('warns of a job that leaves authentication to the gateway if another uses %s', async (scheme, own) => {
      const expected = [
        `jobs.left.on.request: has auth gateway, but job own has ${scheme}, and one API serves both. If the gateway authenticates, callers of own are refused; if it does not, anyone can start left. Give left another auth, or move the two jobs to separate jobs files and APIs`,
      ];

      expect(await warnings(job('left', 'request: {}'), own)).toEqual(expected);
      expect(await warnings(own, job('left', 'request: { auth: gateway }'))).toEqual(expected);
    });

    it('warns of each such job', async () => {
      const found = await warnings(job('a', 'request: {}'), job('b', bearer), job('c', 'request: {}'));

      expect(found.map((text) => text.split(':')[0])).toEqual(['jobs.a.on.request', 'jobs.c.on.request']);
    });

    it.each([
      ['all leave authentication to the gateway', [job('a', 'request: {}'), job('b', 'request: { auth: gateway }')]],
      ['none leaves it to the gateway', [job('a', bearer), job('b', signed), job('c', 'request: { auth: none }')]],
      ['the other is not started by requests', [job('a', bearer), job('b', 'schedule: { rate: 1d }')]],
    ])('does not warn if %s', async (_what, jobs) => {
      expect(await warnings(...jobs)).toEqual([]);
    });
  });

  describe('in a file with labels', () => {
    const warnings = async (list: string, ledger = 'ledger: { obs: { bucket: ops-ledger, prefix: m/ } }') =>
      (
        await loadYaml(`
version: 1
region: ap-southeast-3
${ledger}
jobs:
  a:
    on: { request: { auth: { bearer: [ ${list} ] } } }
    online_migration: { name: x, vpc_id: v, subnet_id: s, security_group_id: g }
`)
      ).warnings.map(({ path, message }) => `${path.join('.')}: ${message}`);

    it('warns if some secrets have none', async () => {
      expect(await warnings('{ user_data: A, as: partner-a }, { user_data: B }')).toEqual([
        expect.stringContaining('jobs.a.on.request.auth: has secrets with and without as'),
      ]);
    });

    it('warns if there is no ledger, which alone knows who requested a run', async () => {
      expect(await warnings('{ user_data: A, as: partner-a }', '')).toContainEqual(
        expect.stringContaining('jobs.a.on.request.auth: has labels, and no ledger records who requested a run'),
      );
    });

    it.each([
      ['all secrets have one', '{ user_data: A, as: partner-a }, { user_data: B, as: partner-b }'],
      ['no secret has one', '{ user_data: A }, { user_data: B }'],
    ])('does not warn if %s', async (_what, list) => {
      expect(await warnings(list)).toEqual([]);
    });
  });

  it('makes the names of secrets with a label known to the redactor, too', async () => {
    const { jobs } = await loadYaml(`
version: 1
region: ap-southeast-3
jobs:
  a:
    on: { request: { auth: { bearer: [ { user_data: A_TOKEN, as: partner-a }, { user_data: B_TOKEN } ] } } }
    online_migration: { name: x, vpc_id: v, subnet_id: s, security_group_id: g }
`);

    expect([...secretNames(jobs)]).toEqual(['A_TOKEN', 'B_TOKEN']);
  });

  it('makes the names of the secrets known to the redactor', async () => {
    const { jobs } = await loadYaml(`
version: 1
region: ap-southeast-3
jobs:
  a:
    on: { request: { auth: { standard_webhooks: [ { user_data: PARTNER_A } ] } } }
    online_migration: { name: x, vpc_id: v, subnet_id: s, security_group_id: g }
`);

    expect([...secretNames(jobs)]).toEqual(['PARTNER_A']);
  });
});
