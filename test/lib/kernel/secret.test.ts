import { makeLogger } from '../../../lib/kernel/logger.ts';
import { makeRedactor } from '../../../lib/kernel/redactor.ts';
import { type Secret, secretProblem, secretWarning } from '../../../lib/kernel/secret.ts';
import { readSettings } from '../../../lib/kernel/settings.ts';
import { type Cloud, makeInvocation } from '../../../lib/platform/invocation.ts';
import { StoredSecrets } from '../../../lib/platform/stored-secrets.ts';
import { noServices } from '../../fakes/no-services.ts';
import { fixtureJobs } from '../../fixtures/jobs.ts';

const PROBLEM = 'contains a line break or a control character';

describe('the value of a secret', () => {
  it.each([
    'Pass-1\n',
    '\nPass-1',
    'Pa\rss',
    'Pa\u0000ss',
    'Pa\tss',
    'Pa\u001bss',
    'Pa\u007fss',
    'Pa\u0085ss',
    'Pa\u2028ss',
  ])('is refused if it contains a line break or control character: %j', (value) => {
    expect(secretProblem(value)).toBe(PROBLEM);
  });

  it.each(['Pass-1', 'Päss "1" \\ <T>', ' Pass-1', 'a b', ''])('is accepted otherwise: %j', (value) => {
    expect(secretProblem(value)).toBeUndefined();
  });

  it.each([
    [' Pass-1', 'begins or ends with whitespace'],
    ['Pass-1 ', 'begins or ends with whitespace'],
    ['Pass-1\u00a0', 'begins or ends with whitespace'],
    ['Pa ss', undefined],
  ])('has a warning if it starts or ends with white space: %j', (value, doubt) => {
    expect(secretWarning(value)).toBe(doubt);
  });
});

describe('a secret of a function', () => {
  async function secretOf(value: string) {
    const lines: string[] = [];
    const redactor = makeRedactor();
    const log = makeLogger({ level: 'info', redactor, fields: {}, write: (line) => lines.push(line) });
    const context = {
      requestId: 'r',
      remainingMs: () => 1000,
      getRemainingTimeInMillis: () => 1000,
      userData: (name: string) => (name === 'CACHE' ? value : undefined),
      projectId: 'p',
      credentials: () => undefined,
    };
    const cloud: Cloud = {
      makeServices: noServices,
      openLedgerStore: async () => undefined,
      preload: async () => undefined,
    };
    const settings = readSettings(() => undefined);
    const { deps } = await makeInvocation({
      ...{ context, remainingMs: context.remainingMs, settings, jobs: await fixtureJobs(), log, redactor, cloud },
      stored: new StoredSecrets(),
    });
    return { read: () => (deps.secret({ user_data: 'CACHE' }) as Secret).reveal(), lines };
  }

  it('is not used if it contains a line break, and is not in the message', async () => {
    const { read } = await secretOf('Hunter-2-plain\n');

    expect(read).toThrow(`the function's user data CACHE ${PROBLEM}; correct its value`);
    expect(read).toThrow(expect.objectContaining({ code: 'bad_secret' }));
    expect(read).toThrow(expect.not.objectContaining({ message: expect.stringContaining('Hunter') }));
  });

  it('is used with a trailing blank, with one warning', async () => {
    const { read, lines } = await secretOf('Hunter-2-plain ');

    expect([read(), read()]).toEqual(['Hunter-2-plain ', 'Hunter-2-plain ']);
    expect(lines.map((line) => JSON.parse(line).message)).toEqual([
      "the function's user data CACHE begins or ends with whitespace",
    ]);
  });
});
