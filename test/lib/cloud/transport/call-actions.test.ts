import { neededAction } from '../../../../lib/cloud/transport/call-actions.ts';

describe('neededAction', () => {
  it.each([
    ['DCS', 'ShowInstance', 'DCS.2003', 'dcs:instance:get'],
    ['DCS', 'ShowInstance', undefined, 'dcs:instance:get'],
    ['SMN', 'PublishMessage', 'SMN.0001', 'smn:topic:publish'],
    ['OBS', 'AppendObject', 'AccessDenied', 'obs:object:PutObject'],
    ['CSMS', 'ShowSecretVersion', 'CSMS.0403', 'csms:secretVersion:get and kms:dek:decrypt'],
  ] as const)('names the actions of a call that is refused with 403 for want of rights: %s %s %s', (...call) => {
    const [service, operation, cloudCode, action] = call;

    expect(neededAction(service, operation, { status: 403, ...(cloudCode && { cloudCode }) })).toBe(action);
  });

  it.each([
    ['DCS', 'ShowInstance', 'DCS.2003', 400],
    ['DCS', 'ShowInstance', 'DCS.1004', 403],
    ['DCS', 'ShowInstance', 'APIGW.0303', 403],
    ['SMN', 'PublishMessage', 'SMN.0008', 403],
    ['SMN', 'PublishMessage', 'SMN.0009', 403],
    ['CES', 'CreateMetricData', 'ces.0009', 403],
    ['OBS', 'GetObject', 'InvalidObjectState', 403],
    ['OBS', 'UploadPart', 'AccessDenied', 403],
  ] as const)(
    'names none if the call is refused for another reason, or is not made by functions: %s %s %s %s',
    (...call) => {
      const [service, operation, cloudCode, status] = call;

      expect(neededAction(service, operation, { status, cloudCode })).toBeUndefined();
    },
  );
});
