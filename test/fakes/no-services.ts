import type { AllServices } from '../../lib/ports/services.ts';

/** Services that a test does not have: using one fails. */
export function noServices(): AllServices {
  const missing = (name: string) => async () => {
    throw new Error(`this test has no service ${name}`);
  };
  return {
    dcs: missing('dcs'),
    sms: missing('sms'),
    dcsInstances: missing('dcsInstances'),
    dcsFollow: missing('dcsFollow'),
    smsServers: missing('smsServers'),
    smsFollow: missing('smsFollow'),
    csms: missing('csms'),
    ecs: missing('ecs'),
    iam: missing('iam'),
    obs: missing('obs'),
    smn: missing('smn'),
    ces: missing('ces'),
  };
}
