import fc from 'fast-check';
import { readFailureReports } from '../../../../lib/cli/invoke/failure-reports.ts';
import { AppError } from '../../../../lib/kernel/errors.ts';
import { eventFile } from '../../../fixtures/event-file.ts';

const EVENT = { trigger_type: 'TIMER', trigger_name: 'nightly', time: '2026-03-14T02:00:00+08:00' };
const MESSAGE = `of 2 runs: 1 rejected: ${JSON.stringify({
  runs: [
    { job: 'a', run: '0'.repeat(32), outcome: 'rejected', reason: { code: 'DCS.4026', message: 'no' } },
    { job: 'b', run: '1'.repeat(32), outcome: 'created' },
  ],
})}`;

const payload = (own: object = {}) => ({
  timestamp: '2026-03-14T10:20:38.000Z+08:00',
  request_context: {
    request_id: '1f0a7c3e',
    function_urn: 'urn:fss:cn-north-4:5f3e:function:default:migration-functions-prod-backup-landed:latest',
    condition: 'code_error',
    approximate_invoke_count: 4,
  },
  request_payload: JSON.stringify(EVENT),
  response_context: { status_code: 200, function_error: MESSAGE },
  response_payload: JSON.stringify({ errorMessage: MESSAGE, errorType: 'RunsFailedError' }),
  ...own,
});

const REPORT = {
  functionName: 'backup-landed',
  deployedName: 'migration-functions-prod-backup-landed',
  event: EVENT,
  requestId: '1f0a7c3e',
  time: '2026-03-14T10:20:38.000Z+08:00',
  why: 'of 2 runs: 1 rejected',
  runs: [
    { job: 'a', run: '0'.repeat(32), outcome: 'rejected', reason: { code: 'DCS.4026', message: 'no' } },
    { job: 'b', run: '1'.repeat(32), outcome: 'created' },
  ],
};

const smn = (message: unknown) => ({ record: [{ event_source: 'smn', smn: { message: JSON.stringify(message) } }] });

describe('readFailureReports', () => {
  it.each<[string, string]>([
    ['a payload', JSON.stringify(payload())],
    ['a payload whose event is not a string', JSON.stringify(payload({ request_payload: EVENT }))],
    ['a payload without what was returned', JSON.stringify(payload({ response_payload: '' }))],
    ['a list', JSON.stringify([payload()])],
    ['a message of SMN to a function', JSON.stringify(smn(payload()))],
    ['a message of SMN over HTTP', JSON.stringify({ topic_urn: 'urn:smn:a', message: JSON.stringify(payload()) })],
  ])('reads %s', (_name, text) => {
    expect(readFailureReports(text)).toEqual([REPORT]);
  });

  it('reads several JSON values, one per line', () => {
    const text = `${JSON.stringify(payload())}\n\n${JSON.stringify(payload())}\n`;

    expect(readFailureReports(text)).toEqual([REPORT, REPORT]);
  });

  it('keeps the message of a foreign error, and finds no runs in it', () => {
    const context = { status_code: 500, function_error: 'out of memory {"runs":' };
    const [report] = readFailureReports(JSON.stringify(payload({ response_context: context, response_payload: '' })));

    expect(report).toMatchObject({ why: 'out of memory {"runs":', runs: [] });
  });

  it.each<[string, object, string]>([
    ['without its event', payload({ request_payload: '' }), 'request_payload has no event'],
    [
      'of another function',
      payload({
        request_context: { request_id: '1f0a7c3e', function_urn: 'urn:fss:r:p:function:default:cache-restore' },
      }),
      'not a function of this project',
    ],
  ])('reports that a payload %s cannot be redelivered', (_name, value, says) => {
    expect(readFailureReports(JSON.stringify(value))).toEqual([{ problem: expect.stringContaining(says) }]);
  });

  it('reports that the documented sample of a success is not from our functions', () => {
    expect(readFailureReports(JSON.stringify(eventFile('async-destination-success')))).toEqual([
      { problem: expect.stringContaining('cache-restore: not a function of this project') },
    ]);
  });

  it('reports that a success of ours did not fail', () => {
    const success = payload({
      request_context: { ...payload().request_context, condition: '' },
      response_context: { status_code: 200, function_error: '' },
      response_payload: '{"runs":[]}',
    });

    expect(readFailureReports(JSON.stringify(success))).toEqual([{ problem: expect.stringContaining('did not fail') }]);
  });

  it.each(['', '{', '{}', '[]', 'null', '"text"', JSON.stringify(EVENT), JSON.stringify(smn('a person wrote this'))])(
    'refuses %s, which is not a payload',
    (text) => {
      expect(() => readFailureReports(text)).toThrow(
        /expected what a failure destination received \(request_context, request_payload, response_context\)/,
      );
    },
  );

  it('returns reports or throws our own error, for any text or JSON', () => {
    const keys = fc.constantFrom(
      ...['request_context', 'request_payload', 'response_context', 'response_payload', 'record', 'smn', 'message'],
      ...['topic_urn', 'function_urn', 'request_id', 'function_error', 'errorMessage', 'runs', '__proto__'],
    );
    const leaf = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(MESSAGE, payload().request_context.function_urn, '{"runs":[{}]}'),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 5 }, leaf, fc.dictionary(keys, tie('tree')), fc.array(tie('tree'))),
    }));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          tree.map((value) => JSON.stringify(value)),
        ),
        (text) => {
          try {
            for (const report of readFailureReports(text)) {
              expect('problem' in report ? report.problem : report.functionName).toEqual(expect.any(String));
            }
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
