import fc from 'fast-check';
import { CLOUD_CODES } from '../../../lib/kernel/cloud-codes.ts';
import { CALL_CODES, RUN_CODES } from '../../../lib/kernel/codes.ts';
import {
  FINAL_CODES,
  needsOperator,
  TRANSIENT_FAILURES,
  transientFailure,
} from '../../../lib/kernel/transient-failures.ts';

describe('the table of transient failures', () => {
  it.each([
    ['keys_refused', undefined, 'keys'],
    ['APIGW.0301', 401, 'keys'],
    ['APIG.0301', 401, 'keys'],
    ['DCS.1002', 401, 'keys'],
    ['InvalidAccessKeyId', 403, 'keys'],
    ['RequestTimeTooSkewed', 403, 'keys'],
    ['DCS.4800', 401, 'keys'],
    ['DCS.2007', 403, 'rights'],
    ['SMS.9004', 403, 'rights'],
    ['SMS.9004', 400, 'rights'],
    // IAM and ECS return the status instead of a code.
    ['403', 403, 'rights'],
    ['DCS.4035', 400, 'quota'],
    ['111400035', 400, 'quota'],
    ['SMS.6526', 400, 'quota'],
    ['APIGW.0308', 429, 'throttling'],
    ['SlowDown', 503, 'throttling'],
    ['rejected', 429, 'throttling'],
    ['DCS.4113', 400, 'busy'],
    ['111400113', 400, 'busy'],
    ['DCS.4069', 500, 'busy'],
    ['CBC.99003651', 400, 'busy'],
    ['instance_busy', undefined, 'busy'],
    ['source_busy', undefined, 'busy'],
    ['agent_absent', undefined, 'agent'],
    ['SMS.6603', 400, 'agent'],
    ['file_missing', undefined, 'file'],
    ['DCS.5000', 500, 'unavailable'],
    ['APIGW.0201', 504, 'unavailable'],
    ['rejected', 599, 'unavailable'],
  ] as const)('%s with status %s is of the kind %s', (code, status, kind) => {
    expect(transientFailure({ code, status })?.kind).toBe(kind);
  });

  it.each([
    ['ENOTFOUND', 'not_sent'],
    ['CERT_HAS_EXPIRED', 'not_sent'],
    ['ANSWER_TOO_LARGE', 'unknown'],
    ['not_json', 'unknown'],
    ['list_endless', 'unknown'],
    ['unknown', 'unknown'],
  ] as const)('a call without a usable response is not a refusal: %s, %s', (code, outcome) => {
    expect(transientFailure({ code, outcome })?.kind).toBe('unavailable');
  });

  it.each([
    ['DCS.4800', 400],
    ['DCS.4957', 400],
    ['DCS.3022', 404],
    ['DCS.5101', 404],
    ['SMS.6528', 400],
    ['SMS.7605', 400],
    ['APIGW.0101', 404],
    ['APIGW.0201', 413],
    ['InvalidObjectState', 403],
    // An account in arrears or frozen: somebody has to pay, at an unknown time.
    ['InArrearOrInsufficientBalance', 403],
    ['FrozenUserId', 403],
    ['preflight', undefined],
    ['no_backup', undefined],
    ['source_has_task', undefined],
    ['secret_missing', undefined],
    ['constructor', 400],
    ['', undefined],
  ] as const)('%s with status %s is final', (code, status) => {
    expect(transientFailure({ code, status, outcome: 'rejected' })).toBeUndefined();
  });

  it.each([
    ['bad_id', 'not_sent'],
    ['inexact_number', 'unknown'],
  ] as const)('what no waiting changes is final though nobody refused it: %s', (code, outcome) => {
    expect(transientFailure({ code, outcome })).toBeUndefined();
  });

  it('is closed: a code that is not in it is final', () => {
    const known = new Set<string>(TRANSIENT_FAILURES.flatMap(({ codes }) => codes));
    const number = fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(4, '0'));
    const code = fc.oneof(
      fc.tuple(fc.constantFrom('DCS.', 'SMS.', 'APIGW.', 'Ecs.', 'IAM.'), number).map((parts) => parts.join('')),
      fc.string(),
    );
    const status = fc.constantFrom(undefined, 400, 402, 404, 405, 409, 410, 412, 413, 415, 422, 499);
    fc.assert(
      fc.property(code, status, (given, httpStatus) => {
        fc.pre(!known.has(given) && !/^1114/.test(given) && !/^APIG\./.test(given));
        expect(transientFailure({ code: given, status: httpStatus, outcome: 'rejected' })).toBeUndefined();
      }),
    );
  });

  it('has no duplicates', () => {
    for (const part of ['codes', 'statuses', 'outcomes'] as const) {
      const all = TRANSIENT_FAILURES.flatMap((row): readonly (string | number)[] => row[part]);
      expect(all).toEqual([...new Set(all)]);
    }
    expect(TRANSIENT_FAILURES.flatMap(({ codes }) => codes).filter((code) => FINAL_CODES.has(code))).toEqual([]);
  });

  it('needs an operator only for keys, rights and quota', () => {
    const kinds = TRANSIENT_FAILURES.filter(({ codes }) => needsOperator({ code: codes[0] ?? '' })).map(
      ({ kind }) => kind,
    );

    expect(kinds).toEqual(['keys', 'rights', 'quota']);
  });
});

describe('the catalogue of the cloud’s codes', () => {
  const rows = CLOUD_CODES.filter(({ title }) => !/OBS|FunctionGraph/.test(title)).flatMap((service) => service.rows);
  /** The codes in `A.1`, `A.2` to `A.4`, with those in between. */
  const codesOf = (text: string) =>
    [...text.matchAll(/`([A-Z]+\.)(\d+)`(?: to `[A-Z]+\.(\d+)`)?/g)].flatMap(
      ([, family = '', first = '', last = first]) =>
        Array.from(
          { length: Number(last) - Number(first) + 1 },
          (_, i) => `${family}${String(Number(first) + i).padStart(first.length, '0')}`,
        ),
    );
  const waiting = rows.filter(({ reaction }) => reaction.includes('waits')).flatMap(({ codes }) => codesOf(codes));
  const refused = rows.filter(({ reaction }) => reaction.startsWith('refuses')).flatMap(({ codes }) => codesOf(codes));
  const isTransient = (code: string) => transientFailure({ code, status: 400, outcome: 'rejected' }) !== undefined;

  it('waits for exactly the transient failures, and refuses none of them', () => {
    const transient = TRANSIENT_FAILURES.flatMap(({ codes }) => codes).filter((code) => /^[A-Z]+\.\d/.test(code));

    expect([...waiting].sort()).toEqual([...transient].sort());
    expect(refused.filter(isTransient)).toEqual([]);
  });

  it('contains only our own codes that are reasons of runs or codes of calls', () => {
    const ours = TRANSIENT_FAILURES.flatMap(({ codes }) => codes).filter((code) => /^[a-z_]+$/.test(code));

    expect(ours.filter((code) => !Object.hasOwn({ ...RUN_CODES, ...CALL_CODES }, code))).toEqual([]);
  });
});
