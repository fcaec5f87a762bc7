import type { DcsFollow, DcsInstances, DcsService } from './dcs.ts';
import type { EcsService } from './ecs.ts';
import type { IamService } from './iam.ts';
import type { ObsService } from './obs.ts';
import type { SmnService } from './smn.ts';
import type { SmsFollow, SmsServers, SmsService } from './sms.ts';

/**
 * The calls to the cloud that runs need, by service: `lib/cloud` implements them over the official SDK.
 *
 * Every call ends within the invocation's remaining time, sends its request at most once (reads at most twice), and throws `CloudError` and
 * nothing else when it fails: its `outcome` says what is known, its `temporary` whether the same call may work later. No answer carries a
 * password.
 */

/** Made when first asked for: a function that needs only one service loads only that one. */
export interface Services {
  dcs(): Promise<DcsService>;
  sms(): Promise<SmsService>;
}

/** Everything. Each is made when first asked for. */
export interface AllServices extends Services {
  dcsInstances(): Promise<DcsInstances>;
  dcsFollow(): Promise<DcsFollow>;
  smsServers(): Promise<SmsServers>;
  smsFollow(): Promise<SmsFollow>;
  ecs(): Promise<EcsService>;
  iam(): Promise<IamService>;
  obs(): Promise<ObsService>;
  smn(): Promise<SmnService>;
}
