import { describeRun, readParked, readRuns } from '../../../lib/local-system/run-report.ts';
import { type InvocationResult, makeFailure } from '../../../packages/local-cloud/src/functiongraph/invocation.ts';

const RUN = { job: 'a', outcome: 'created', task: { kind: 'backup_import', id: 't1', name: 'a-1' } };

function success(value: unknown): InvocationResult {
  return { requestId: 'r', ok: true, payload: value === undefined ? '' : JSON.stringify(value), memoryBytes: 1 };
}

function failure(errorMessage: string): InvocationResult {
  return makeFailure({
    requestId: 'r',
    cause: 'code_error',
    errorMessage,
    errorType: 'RunsFailedError',
    memoryBytes: 1,
  });
}

describe('readRuns', () => {
  it.each([
    ['a result with runs', success({ runs: [RUN, RUN] }), [RUN, RUN]],
    ['an error that ends with the result', failure(`of 1 runs: 1 waiting: ${JSON.stringify({ runs: [RUN] })}`), [RUN]],
    ['a response with a run', success({ statusCode: 201, body: JSON.stringify(RUN) }), [RUN]],
    ['a problem with a run', success({ statusCode: 502, body: JSON.stringify({ title: 'x', run: RUN }) }), [RUN]],
    ['a problem without a run', success({ statusCode: 404, body: '{"title":"x"}' }), []],
    ['another error', failure('out of memory'), []],
    ['nothing', success(undefined), []],
    ['a string', success('done'), []],
  ])('reads %s', (_name, result, expected) => {
    expect(readRuns(result)).toEqual(expected);
  });
});

describe('describeRun', () => {
  it.each([
    [RUN, 'a: created backup_import task a-1 (t1)'],
    [
      { outcome: 'skipped', reason: { code: 'no_match', message: 'no job matches' } },
      'no job: skipped, no_match: no job matches',
    ],
  ])('writes %j on one line', (run, line) => {
    expect(describeRun(run)).toBe(line);
  });
});

describe('readParked', () => {
  it.each([
    ['a tick that found some', success({ open: 3, parked: 2, left: 0, runs: [] }), 2],
    ['a tick that found none', success({ open: 0, parked: 0, left: 0, runs: [] }), 0],
    ['another function', success({ runs: [RUN] }), 0],
    ['an error', failure('out of memory'), 0],
  ])('reads %s', (_name, result, expected) => {
    expect(readParked(result)).toBe(expected);
  });
});
