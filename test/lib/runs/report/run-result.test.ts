import { CloudError, EventError, RunError } from '../../../../lib/kernel/errors.ts';
import { type RunResult, reasonOf, settleRuns } from '../../../../lib/runs/report/run-result.ts';

const created: RunResult = { job: 'a', run: 'r1', outcome: 'created' };
const rejected: RunResult = { job: 'b', run: 'r2', outcome: 'rejected', reason: { code: 'DCS.4800', message: 'no' } };

const WITHOUT = { hasLedger: false };
const WITH = { hasLedger: true };

describe('settleRuns', () => {
  it('with a ledger leaves what waits or is unknown to reconcile', () => {
    const runs: RunResult[] = [{ outcome: 'waiting' }, { outcome: 'unknown' }];

    expect(settleRuns(runs, WITH)).toEqual({ runs });
  });

  it.each([
    ['refused', { ...rejected }],
    ['not in the ledger', { outcome: 'waiting', reason: { code: 'ledger', message: 'x' } }],
    ['stopped by a fault of our own', { outcome: 'unknown', reason: { code: 'internal', message: 'x' } }],
  ] as const)('with a ledger fails for a run that is %s', (_case, run) => {
    expect(() => settleRuns([created, run], WITH)).toThrow('of 2 runs: 1 ');
  });

  it('lets the handler succeed with created, existing and skipped runs', () => {
    const runs: RunResult[] = [created, { outcome: 'existing' }, { outcome: 'skipped' }];

    expect(settleRuns(runs, WITHOUT)).toEqual({ runs });
  });

  it('lets the handler succeed with no runs', () => {
    expect(settleRuns([], WITHOUT)).toEqual({ runs: [] });
  });

  it.each(['rejected', 'waiting', 'unknown'] as const)('fails the handler for a run that is %s', (outcome) => {
    expect(() => settleRuns([created, { outcome }], WITHOUT)).toThrow(`of 2 runs: 1 ${outcome}: {"runs":`);
  });

  it('fails with one line that ends with the whole result as JSON text', () => {
    expect(() => settleRuns([created, rejected], WITHOUT)).toThrow(
      'of 2 runs: 1 rejected: {"runs":[{"job":"a","run":"r1","outcome":"created"},{"job":"b","run":"r2","outcome":"rejected","reason":{"code":"DCS.4800","message":"no"}}]}',
    );
  });

  it('keeps a line break of the cloud out of the line', () => {
    const broken: RunResult = { outcome: 'rejected', reason: { code: 'internal', message: 'a\nb' } };

    expect(() => settleRuns([broken], WITHOUT)).toThrow(/^[^\n]*$/);
  });
});

describe('reasonOf', () => {
  it('keeps the error of the cloud, and its request id', () => {
    const error = new CloudError({
      service: 'SMS',
      operation: 'CreateTask',
      outcome: 'rejected',
      temporary: false,
      status: 403,
      cloudCode: 'SMS.9004',
      cloudMessage: 'no permission',
      requestId: 'r-7',
      params: ['sms:server:createTask'],
      details: [{ code: 'SMS.1', message: 'vpc' }],
      encodedAuthorizationMessage: 'ENC',
    });

    expect(reasonOf(error)).toEqual({
      code: 'SMS.9004',
      message: 'SMS CreateTask: rejected: 403 SMS.9004 no permission (request r-7)',
      status: 403,
      request_id: 'r-7',
      params: ['sms:server:createTask'],
      details: [{ code: 'SMS.1', message: 'vpc' }],
      encoded_authorization_message: 'ENC',
    });
  });

  it('gives the code and text of our own errors', () => {
    expect(reasonOf(new EventError('time', 'nothing', 'a time'))).toEqual({
      code: 'event',
      message: 'event at time: received nothing, expected a time',
    });
    expect(reasonOf(new RunError('secret_missing', 'no X'))).toEqual({ code: 'secret_missing', message: 'no X' });
  });

  it('keeps the text of an unexpected error to the log', () => {
    expect(reasonOf(new TypeError('x of undefined'))).toEqual({
      code: 'internal',
      message: 'an unexpected error; see the log',
    });
  });
});
