import type { CesService } from './ces.ts';
import type { CsmsService } from './csms.ts';
import type { DcsFollow, DcsInstances, DcsService } from './dcs.ts';
import type { EcsService } from './ecs.ts';
import type { IamService } from './iam.ts';
import type { ObsService } from './obs.ts';
import type { SmnService } from './smn.ts';
import type { SmsFollow, SmsServers, SmsService } from './sms.ts';

/**
 * The cloud calls that runs need, by service. `lib/cloud` implements them with the official SDK.
 *
 * Every call ends within the invocation's remaining time and sends its request at most once (reads: at most twice). When it fails, it throws only
 * `CloudError`: `outcome` is what is known, `temporary` whether the same call may succeed later. No result contains a password.
 */

/** Each is created on first use, so that a function loads only the services that it needs. */
export interface Services {
  dcs(): Promise<DcsService>;
  sms(): Promise<SmsService>;
}

/** All services. Each is created on first use. */
export interface AllServices extends Services {
  dcsInstances(): Promise<DcsInstances>;
  dcsFollow(): Promise<DcsFollow>;
  smsServers(): Promise<SmsServers>;
  smsFollow(): Promise<SmsFollow>;
  csms(): Promise<CsmsService>;
  ecs(): Promise<EcsService>;
  iam(): Promise<IamService>;
  obs(): Promise<ObsService>;
  smn(): Promise<SmnService>;
  ces(): Promise<CesService>;
}
