import type { CloudParts } from '../platform/invocation.ts';
import type { AllServices } from '../ports/services.ts';
import { endpointOf, type Service } from './transport/endpoints.ts';
import { makeRefusals } from './transport/refusals.ts';
import type { CloudOptions } from './transport/sdk-client.ts';

/**
 * The services of one invocation. Each is loaded only when it is needed. What the cloud refused because of permissions or quota is not
 * requested again.
 *
 * @param transport sends the requests to all services except OBS
 */
export function makeServices(
  { settings, region, credentials, projectId, remainingMs }: CloudParts,
  transport: Pick<CloudOptions, 'send'> = {},
): AllServices {
  const refusals = makeRefusals();
  const domainId = settings.HUAWEICLOUD_DOMAIN_ID;
  const inProject = (service: Service) => ({
    endpoint: endpointOf(service, region, settings),
    credentials: credentials(),
    projectId: projectId(),
    remainingMs,
    refusals,
    ...transport,
  });
  const inAccount = (service: Service) => ({
    endpoint: endpointOf(service, region, settings),
    credentials: credentials(),
    ...(domainId ? { domainId } : {}),
    remainingMs,
    refusals,
    ...transport,
  });
  const dcs = () => inProject('DCS');
  const sms = () => inAccount('SMS');

  return {
    dcs: once(async () => (await import('./dcs/dcs.ts')).makeDcsService(dcs())),
    sms: once(async () => (await import('./sms/sms.ts')).makeSmsService(sms())),
    dcsInstances: once(async () => (await import('./dcs/dcs-instances.ts')).makeDcsInstances(dcs())),
    dcsFollow: once(async () => (await import('./dcs/dcs-follow.ts')).makeDcsFollow(dcs())),
    smsServers: once(async () => (await import('./sms/sms-servers.ts')).makeSmsServers(sms())),
    smsFollow: once(async () => (await import('./sms/sms-follow.ts')).makeSmsFollow(sms())),
    csms: once(async () => {
      const options = inProject('CSMS');
      return (await import('./csms.ts')).makeCsmsService(options);
    }),
    ecs: once(async () => {
      const options = inProject('ECS');
      return (await import('./ecs.ts')).makeEcsService(options);
    }),
    iam: once(async () => {
      const options = inAccount('IAM');
      return (await import('./iam.ts')).makeIamService(options);
    }),
    obs: once(async () => {
      const endpoint = endpointOf('OBS', region, settings);
      return (await import('./obs/obs-objects.ts')).makeObsService({
        endpoint,
        credentials: credentials(),
        remainingMs,
        refusals,
      });
    }),
    smn: once(async () => {
      const options = inProject('SMN');
      return (await import('./smn.ts')).makeSmnService(options);
    }),
    ces: once(async () => {
      const options = inProject('CES');
      return (await import('./ces.ts')).makeCesService(options);
    }),
  };
}

/** Makes a service on first use; if that fails, later uses fail with the same error. */
function once<Service>(make: () => Promise<Service>): () => Promise<Service> {
  let made: Promise<Service> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
