import type { CloudParts } from '../platform/invocation.ts';
import type { AllServices } from '../ports/services.ts';
import { endpointOf, type Service } from './transport/endpoints.ts';
import { makeRefusals } from './transport/refusals.ts';
import type { CloudOptions } from './transport/sdk-client.ts';

/**
 * The services of one invocation. A function that needs only one of them loads only that one. What the cloud refuses to one of them for want of
 * rights or quota is not asked again.
 *
 * @param transport what brings requests to the services, but those to OBS
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
  };
}

/** Makes a service when it is first asked for; what failed then fails again. */
function once<Service>(make: () => Promise<Service>): () => Promise<Service> {
  let made: Promise<Service> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
