import type { Clock } from './clock.ts';
import type { LocalSecret } from './csms/secrets.ts';
import type { LocalInstance } from './dcs/instances.ts';
import type { LocalServer } from './ecs/servers.ts';
import type { FunctionRunner } from './functiongraph/deps.ts';
import type { LocalAgency, LocalStatement } from './iam/agencies.ts';
import type { BucketSettings } from './obs/bucket.ts';
import type { FolderWatch } from './obs/local-obs.ts';
import type { ObjectEvent } from './obs/object-event.ts';
import type { Answers } from './open-questions/open-questions.ts';
import type { Account, CloudEvent } from './operation.ts';
import type { LocalSource } from './sms/sources.ts';
import type { LocalTemplate } from './sms/templates.ts';

export interface LocalCloudOptions {
  /** 0 selects any free port. @default 0 */
  readonly port?: number;
  /** The name of each account's only project. @default 'ap-southeast-3' */
  readonly region?: string;
  readonly accounts: readonly Account[];
  /** DCS instances. @default [] */
  readonly instances?: readonly LocalInstance[];
  /** Source servers of SMS. @default [] */
  readonly sources?: readonly LocalSource[];
  /** Templates of SMS, which every account sees. @default [] */
  readonly templates?: readonly LocalTemplate[];
  /** Servers of ECS: the existing targets of server migrations. @default [] */
  readonly servers?: readonly LocalServer[];
  /** URNs of SMN topics; a topic belongs to the project in its URN. @default [] */
  readonly topics?: readonly string[];
  /** Secrets of CSMS. Those in the state file have changed since and win. @default [] */
  readonly secrets?: readonly LocalSecret[];
  /** Agencies of IAM, which every account sees. @default [] */
  readonly agencies?: readonly LocalAgency[];
  /** What the keys of all accounts may do in DCS, SMS, ECS, SMN, IAM and OBS; anything else gets 403. @default everything */
  readonly grants?: readonly LocalStatement[];
  /** @default real time */
  readonly clock?: Clock;
  /** The time (epoch ms) against which signatures are checked. @default that of the clock, and real time */
  readonly signatureTime?: () => number;
  readonly obs?: ObsSettings;
  /** Whether an object exists; called for each file of an import. @default looks in the local OBS; always true without `obs` */
  readonly objectExists?: (bucket: string, key: string) => boolean | Promise<boolean>;
  /** How the cloud behaves where the documentation leaves it open (docs/open-questions.md). @default the assumed behavior of each question */
  readonly assume?: Answers;
  /** Settings of the local FunctionGraph. @default functions can be deployed, are kept in memory, and do not run */
  readonly functionGraph?: FunctionGraphSettings;
  /** Called after each change of a task, a backup, a function or a trigger, and for each message. */
  readonly onEvent?: (event: CloudEvent) => void;
  /** The token that the control API under `/local` requires as `Authorization: Bearer ...`. @default every program of this machine has access */
  readonly controlToken?: string;
  /**
   * Stores tasks, created backups and templates, and the secrets of CSMS with their values across restarts; other passwords are left out. The clock,
   * if it was advanced, continues from the time stored.
   *
   * @default not stored
   */
  readonly stateFile?: string;
}

/** Settings of the local FunctionGraph and its management API. */
export interface FunctionGraphSettings {
  /** Stores deployed functions across restarts, including encrypted variables. @default kept in memory, without the code */
  readonly folder?: string;
  /** Runs deployed functions. @default none: invocations fail */
  readonly runner?: FunctionRunner;
  /** How long a deleted trigger still fires, is listed and conflicts with new ones (ms of the cloud's clock). @default 5000, the delay before Terraform first checks */
  readonly triggerDeletionMs?: number;
  /** The base URL of APIs created by triggers, without a trailing slash. @default the domain of their group */
  readonly gatewayUrl?: string;
  /** A random number in [0, 1), for the weights of an alias. @default Math.random */
  readonly random?: () => number;
}

/** Settings of the local OBS. */
export interface ObsSettings {
  /** 0 selects any free port. @default 0 */
  readonly port?: number;
  /** @default none */
  readonly buckets?: readonly BucketSettings[];
  /** Its subfolders are the buckets, their files the objects. @default all buckets are in memory */
  readonly folder?: string;
  /** For metadata of folder buckets; on the same file system, but not inside `folder`. Required with `folder`. */
  readonly stateFolder?: string;
  /** A watcher of the folder, which must not report changes made over HTTP. */
  readonly watch?: FolderWatch;
  /** Called once for each upload and removal over HTTP, before the client gets its response. */
  readonly onChange?: (event: ObjectEvent) => void;
}
