import { makeRefusals } from '../../../../lib/cloud/transport/refusals.ts';
import { CloudError, type CloudErrorDetails } from '../../../../lib/kernel/errors.ts';

const SHOW = { service: 'DCS', operation: 'ShowInstance', resource: 'one' };
const failure = (more: Partial<CloudErrorDetails> = {}) =>
  new CloudError({ ...SHOW, outcome: 'rejected', temporary: false, status: 403, cloudCode: 'DCS.2007', ...more });

describe('makeRefusals', () => {
  it('throws the same refusal for the same call', () => {
    const refusals = makeRefusals();
    const error = failure();
    refusals.note(error);

    expect(() => refusals.check(SHOW)).toThrow(error);
  });

  it.each([
    ['another resource', { ...SHOW, resource: 'two' }],
    ['another operation', { ...SHOW, operation: 'ListBackupRecords' }],
    ['another service', { ...SHOW, service: 'SMS' }],
    ['a call without a resource', { ...SHOW, resource: undefined }],
  ])('does not apply to %s', (_what, asked) => {
    const refusals = makeRefusals();
    refusals.note(failure());
    const { resource: _none, ...unnamed } = SHOW;
    refusals.note(new CloudError({ ...unnamed, outcome: 'rejected', temporary: false, status: 403 }));

    expect(() => refusals.check(asked)).not.toThrow();
  });

  it.each<[string, Partial<CloudErrorDetails>]>([
    ['a busy instance', { status: 400, cloudCode: 'DCS.4113', temporary: true }],
    ['throttling', { status: 429, cloudCode: 'APIGW.0308', temporary: true }],
    ['a permanent error', { status: 400, cloudCode: 'DCS.4800' }],
    ['refused keys, which are blocked separately', { status: 401, cloudCode: 'APIGW.0301' }],
    ['a lost response', { outcome: 'unknown', status: 500, cloudCode: 'DCS.5000' }],
  ])('does not remember %s', (_what, more) => {
    const refusals = makeRefusals();
    refusals.note(failure(more));

    expect(() => refusals.check(SHOW)).not.toThrow();
  });

  it('does not affect the next invocation', () => {
    makeRefusals().note(failure());

    expect(() => makeRefusals().check(SHOW)).not.toThrow();
  });
});
