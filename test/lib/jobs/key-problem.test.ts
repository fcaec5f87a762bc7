import fc from 'fast-check';
import { fillFields, type TriggerValues } from '../../../lib/jobs/fill.ts';
import type { Job } from '../../../lib/jobs/job.ts';
import { keyProblem } from '../../../lib/jobs/key-problem.ts';
import { callerFields } from '../../../lib/jobs/request-fields.ts';
import { RunError } from '../../../lib/kernel/errors.ts';
import { DEFAULT_POLICIES } from '../../fixtures/jobs.ts';

const SEGMENT = 'has a segment that is "." or ".."';
const CONTROL = 'has a control character';

const BAD: readonly (readonly [key: string, problem: string])[] = [
  ['..', SEGMENT],
  ['.', SEGMENT],
  ['prod/../x.rdb', SEGMENT],
  ['prod/./x.rdb', SEGMENT],
  ['../x.rdb', SEGMENT],
  ['prod/..', SEGMENT],
  ['/../x', SEGMENT],
  ['prod\\..\\x', SEGMENT],
  ['prod/%2e%2e/x', SEGMENT],
  ['prod/%2E./x', SEGMENT],
  ['prod/.%2e%2fx', SEGMENT],
  ['prod%2f..%2fx', SEGMENT],
  ['prod%5c..%5cx', SEGMENT],
  ['prod/%252e%252e/x', SEGMENT],
  ['a\u0000b', CONTROL],
  ['a\nb', CONTROL],
  ['a%0d%0ab', CONTROL],
  ['a\u007fb', CONTROL],
  ['a\u0085b', CONTROL],
  ['a\u2028b', CONTROL],
  [`a${'%25'.repeat(1)}${'25'.repeat(20)}2eb`, 'is encoded too many times'],
];
const GOOD = ['prod/dump.rdb', '...', 'a..b/c', '.hidden', 'x.', 'a b+c', '100%', '%zz', 'Grüße/备份', 'a//b', ''];

describe('keyProblem', () => {
  it.each(BAD)('refuses %j', (key, problem) => {
    expect(keyProblem(key)).toBe(problem);
  });

  it.each(GOOD)('accepts %j', (key) => {
    expect(keyProblem(key)).toBeUndefined();
  });

  it('never accepts a . or .. segment, whatever surrounds it and however often it is encoded', () => {
    const encode = (text: string) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');
    const dots = fc
      .tuple(fc.constantFrom('.', '..'), fc.constantFrom('/', '\\'), fc.integer({ min: 0, max: 3 }))
      .map(([segment, slash, times]) => {
        let text = `${slash}${segment}${slash}`;
        for (let i = 0; i < times; i++) text = encode(text);
        return text;
      });
    fc.assert(
      fc.property(fc.string(), dots, fc.string(), (before, bad, after) => {
        expect(keyProblem(`${before}${bad}${after}`)).toBeDefined();
      }),
    );
  });
});

function job(file_name: string, accepts: string[] = []): Job {
  const fields = { backup_files: { bucket_name: 'b', files: [{ file_name }] } };
  return { name: 'a-job', kind: 'backup_import', on: { request: { accepts } }, fields, ...DEFAULT_POLICIES };
}

const values = (body: Record<string, string>, name = 'n'): TriggerValues => ({
  job: 'a-job',
  time: { iso: '2026-03-14T00:00:00Z', date: '2026-03-14' },
  request: { body, query: {} },
  object: { bucket: 'b', key: 'k', name },
});

function thrown(work: () => unknown): Pick<RunError, 'code' | 'problems'> | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    const { code, problems } = error;
    return { code, problems };
  }
}

describe('the key of an object', () => {
  it.each([
    ['inserted as a whole', 'prod/{{ request.body.a }}/x.rdb', { a: '..' }],
    ['joined to literal text of the job', 'prod/.{{ request.body.a }}/x.rdb', { a: '.' }],
    ['joined from two values', 'prod/{{ request.body.a }}{{ request.body.b }}/x.rdb', { a: '.', b: '.' }],
    ['encoded in two parts', 'prod/%{{ request.body.a }}./x.rdb', { a: '2e' }],
    ['completed by an empty value', 'prod/..{{ request.body.a }}/x.rdb', { a: '' }],
  ])('has no .. segment from a caller, %s', (_, file_name, body) => {
    expect(thrown(() => fillFields(job(file_name), values(body)))).toEqual({
      code: 'invalid_fields',
      problems: [{ path: ['a'], message: `backup_files.files[0].file_name of the job, filled in, ${SEGMENT}` }],
    });
  });

  it('has no .. segment from the name of an object or a set', () => {
    expect(thrown(() => fillFields(job('prod/{{ object.name }}/x.rdb'), values({}, '..')))).toEqual({
      code: 'invalid_fields',
      problems: [
        {
          path: ['backup_files', 'files', 0, 'file_name'],
          message: `backup_files.files[0].file_name of the job, filled in, ${SEGMENT}`,
        },
      ],
    });
  });

  it('has no control character from a caller', () => {
    expect(thrown(() => fillFields(job('prod/{{ request.body.a }}'), values({ a: 'x\ny' })))?.problems).toEqual([
      { path: ['a'], message: `backup_files.files[0].file_name of the job, filled in, ${CONTROL}` },
    ]);
  });

  it('is unchanged if nothing comes from outside, and in other fields', () => {
    expect(fillFields(job('prod/./{{ job }}'), values({}))).toEqual({
      backup_files: { bucket_name: 'b', files: [{ file_name: 'prod/./a-job' }] },
    });
    const other = { ...job('x'), fields: { description: '{{ request.body.a }}' } };
    expect(fillFields(other, values({ a: 'a\n/../b' }))).toEqual({ description: 'a\n/../b' });
  });

  it.each(BAD)('is refused in a field that a caller sets as a whole: %j', (file_name, message) => {
    const body = { backup_files: { bucket_name: 'b', files: [{ file_name: 'good.rdb' }, { file_name }] } };

    expect(thrown(() => callerFields(job('x', ['backup_files']), body, new Map()))).toEqual({
      code: 'invalid_fields',
      problems: [{ path: ['backup_files', 'files', 1, 'file_name'], message }],
    });
  });
});
