import type { Clock } from './clock.ts';
import type { DcsSettings } from './dcs/deps.ts';
import type { LocalInstance } from './dcs/instances.ts';
import type { LocalServer } from './ecs/servers.ts';
import type { FunctionRunner } from './functiongraph/deps.ts';
import type { LocalAgency } from './iam/agencies.ts';
import type { BucketSettings } from './obs/bucket.ts';
import type { FolderWatch } from './obs/local-obs.ts';
import type { ObjectEvent } from './obs/object-event.ts';
import type { Account, CloudEvent } from './operation.ts';
import type { LocalSource } from './sms/sources.ts';
import type { LocalTemplate } from './sms/templates.ts';

export interface LocalCloudOptions {
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** The name of the one project that each account has. @default 'ap-southeast-3' */
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
  /** URNs of the topics of SMN; the project in it owns it. @default [] */
  readonly topics?: readonly string[];
  /** Agencies of IAM, which every account sees. @default [] */
  readonly agencies?: readonly LocalAgency[];
  /** @default real time */
  readonly clock?: Clock;
  /** The time that signatures are compared with: epoch ms. @default Date.now */
  readonly signatureTime?: () => number;
  readonly obs?: ObsSettings;
  /** Is there an object of this key in the bucket? Asked for each file of an import. @default the local OBS is asked, and always true without `obs` */
  readonly objectExists?: (bucket: string, key: string) => boolean | Promise<boolean>;
  /** How long a new task takes to show in a list: ms of the clock. @default 0 */
  readonly listDelayMs?: number;
  readonly dcs?: Partial<DcsSettings>;
  /** What of the local FunctionGraph can be set. @default functions can be deployed, are kept in memory, and do not run */
  readonly functionGraph?: FunctionGraphSettings;
  /** Called after each change of a task, a backup, a function or a trigger, and for each message. */
  readonly onEvent?: (event: CloudEvent) => void;
  /** What the control below `/local` wants as `Authorization: Bearer ...`. @default every program of this machine is let in */
  readonly controlToken?: string;
  /** Tasks, the backups that were taken and the templates that were made are kept in this file, without passwords, and are there again after a restart. @default not kept */
  readonly stateFile?: string;
}

/** The local FunctionGraph: its management API. */
export interface FunctionGraphSettings {
  /** What is deployed is kept here, encrypted variables included, and is there again after a restart. @default kept in memory, without the code */
  readonly folder?: string;
  /** Runs what is deployed. @default nobody does: an invocation is refused */
  readonly runner?: FunctionRunner;
  /** How long a deleted trigger still fires, shows and takes its place: ms of the clock. @default 5000, after which Terraform looks first */
  readonly triggerDeletionMs?: number;
  /** Where APIs that triggers make can be called, without a slash at the end. @default their group's domain is answered */
  readonly gatewayUrl?: string;
  /** From 0 to below 1; for the weights of an alias. @default Math.random */
  readonly random?: () => number;
}

/** The local OBS. */
export interface ObsSettings {
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** @default none */
  readonly buckets?: readonly BucketSettings[];
  /** Its direct folders are the buckets, their files the objects. @default all buckets are in memory */
  readonly folder?: string;
  /** For what a folder bucket keeps beside its files; on the same file system and not below it. Needed with `folder`. */
  readonly stateFolder?: string;
  /** Who else looks at the folder, and is kept from telling of what comes over HTTP. */
  readonly watch?: FolderWatch;
  /** Called once for each upload and removal over HTTP, before the client has its answer. */
  readonly onChange?: (event: ObjectEvent) => void;
}
