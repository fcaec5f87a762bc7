/** What a function or a deploy does by itself; docs/errors.md explains each word. */
const REACTIONS = [
  'waits',
  'refuses',
  'checks',
  'checks, or reads again',
  'reports',
  'waits, or reports',
  'refuses, or reports',
  'pauses the keys, waits',
  'fails',
  'stops',
  'continues',
] as const;

/** A row of codes that mean the same to an operator. */
interface CloudCodeRow {
  readonly codes: string;
  readonly meaning: string;
  readonly reaction: (typeof REACTIONS)[number];
  readonly remedy: string;
}

export interface CloudCodes {
  readonly title: string;
  /** The source of the facts. */
  readonly source: string;
  readonly rows: readonly CloudCodeRow[];
}

const row = (codes: string, meaning: string, reaction: CloudCodeRow['reaction'], remedy: string): CloudCodeRow => ({
  codes,
  meaning,
  reaction,
  remedy,
});

const NO_ACTION = 'no action needed';

/** The codes of the cloud's services that operators see. */
export const CLOUD_CODES: readonly CloudCodes[] = [
  {
    title: 'DCS',
    source:
      'Error code table of the DCS API reference (opentelekomcloud-docs/distributed-cache-service, 2026-04-22); 4121, 4231, 4975, CBC.99003651 and 4133 from terraform-provider-huaweicloud (2025-07). DCS writes the same codes as `1114 00xxx` too: DCS.4026 is 111400026.',
    rows: [
      row(
        '`DCS.4017`, `DCS.4026`, `DCS.4049`',
        "another job of the instance is running, or the instance's state does not allow the operation",
        'waits',
        'if it lasts, check the instance',
      ),
      row(
        '`DCS.4096`, `DCS.4097`, `DCS.4104`, `DCS.4108`, `DCS.4113`',
        'the instance is being backed up, restored, recovered or scaled',
        'waits',
        NO_ACTION,
      ),
      row(
        '`DCS.4111`, `DCS.4114` to `DCS.4118`, `DCS.4120`, `DCS.4121`',
        'the instance is restarting, being configured, changing its password, upgrading, rolling back, being created, being frozen, or resetting its password',
        'waits',
        NO_ACTION,
      ),
      row('`DCS.4069`, `DCS.4231`, `DCS.4975`, `CBC.99003651`', 'another operation is in progress', 'waits', NO_ACTION),
      row('`DCS.4957`', "not allowed in the task's state", 'refuses', 'check the task'),
      row(
        '`DCS.4133`',
        'task not found: unknown or deleted',
        'reports',
        'someone deleted it; replay the run if it is needed',
      ),
      row(
        '`DCS.3022`, `DCS.4119`, `DCS.4061`',
        'instance not found, or its id is not valid',
        'refuses',
        "correct the target's id, and check region and project",
      ),
      row(
        '`DCS.4080`, `DCS.4845`, `DCS.4850`',
        'the password is wrong, missing, or must not be given',
        'refuses',
        'set the secret again, deploy, replay',
      ),
      row('`DCS.4087`', 'the backup is in the wrong state', 'refuses', 'choose another backup'),
      row(
        '`DCS.4013`, `DCS.4014`, `DCS.4016`, `DCS.4018`, `DCS.4046`, `DCS.4068`',
        'the VPC, subnet or security group is wrong or missing',
        'refuses',
        'correct the three ids of the online migration',
      ),
      row(
        '`DCS.4020`, `DCS.4048`, `DCS.4911`',
        'DHCP is disabled in the subnet, the security group has bad rules, or no address is left',
        'refuses',
        'fix the subnet or the group, then replay',
      ),
      row(
        '`DCS.4035`, `DCS.4036`, `DCS.4039`',
        'a quota is used up',
        'waits',
        'raise the quota, or delete what is not needed',
      ),
      row(
        '`DCS.4002`, `DCS.4004`, `DCS.4005`, `DCS.4062`, `DCS.4063`, `DCS.4800`',
        'a parameter is invalid',
        'refuses',
        'correct the jobs file; if it looks right, report a bug',
      ),
      row('`DCS.1001` to `DCS.1004`', '401: the token is invalid', 'pauses the keys, waits', 'fix the agency'),
      row(
        '`DCS.2003`, `DCS.2007`, `DCS.3002`, `DCS.3003`',
        '403: a permission is missing',
        'waits',
        'grant the agency the action ([which](permissions.md)), and wait about ten minutes',
      ),
      row(
        '`DCS.5000`, `DCS.5006`, `DCS.5024`, `DCS.5053`, `DCS.5078`',
        '500: an internal error of DCS',
        'checks, or reads again',
        'no action needed for a few minutes; then contact its support with the request id',
      ),
    ],
  },
  {
    title: 'SMS',
    source:
      'Error codes of the SMS API reference, SMS FAQ issue 70 (2025-11) and User Guide issue 33 (2026-08); those with ° are from public reports only, and less certain.',
    rows: [
      row(
        '`SMS.9004`',
        '403: a permission is missing; `details` says which',
        'waits',
        'grant it to the agency, and wait about ten minutes',
      ),
      row(
        '`SMS.9001`, `SMS.6030` to `SMS.6033`°, `SMS.6102`°, `SMS.6104`°',
        'a field is wrong or missing',
        'refuses',
        'correct the job or the template',
      ),
      row(
        '`SMS.6103`°',
        "the target's disk ids are missing",
        'refuses',
        'give the EVS volume ids, or let `target.server` find them',
      ),
      row(
        '`SMS.6520`°, `SMS.6603`°',
        'the source is not found, or its Agent is not connected',
        'waits',
        'start the Agent',
      ),
      row('`SMS.7101`°', 'template not found', 'refuses', 'correct `target.template` in the job'),
      row('`SMS.7605`°', 'the source or the target has another task', 'refuses', 'finish or delete that task'),
      row('`SMS.7602`°, `SMS.7703`°', 'source or task not found', 'refuses', 'check its id'),
      row(
        '`SMS.7711`°, `SMS.7712`°',
        'the name or the type is not accepted',
        'refuses',
        'use a shorter name of letters, digits and `_`',
      ),
      row(
        '`SMS.6526`',
        'a quota is used up; also a frozen account',
        'waits, or reports',
        'raise the quota, or check the account',
      ),
      row('`SMS.8115`°', 'more than 50 migration projects', 'waits', 'delete what is not needed'),
      row('`SMS.6528`', 'the account is not verified', 'refuses, or reports', 'verify the account'),
      row(
        '`SMS.6616`, `SMS.6617`',
        'the OS or kernel cannot be migrated by blocks',
        'refuses',
        'set `type: MIGRATE_FILE`',
      ),
      row(
        '`SMS.6509`, `SMS.6511`, `SMS.6517`, `SMS.6533`, `SMS.6563`, `SMS.6564`',
        'a check of the source failed: file system, drivers, rsync, VSS, initrd or GRUB',
        'refuses, or reports',
        'fix the source',
      ),
      row(
        '`SMS.6519`°, `SMS.6539`°, `SMS.6537`',
        'a disk is not found or too small, or the system disk is larger than 1 TB',
        'refuses, or reports',
        'use larger disks on the target',
      ),
      row(
        '`SMS.0007`',
        'a general failure of the task: often an incomplete template, or an existing target that the job does not mark as existing',
        'reports',
        'check the template and the target of the job, then replay',
      ),
      row('`SMS.0201`, `SMS.0203`', 'the Agent cannot reach the API', 'reports', "check the source's network"),
      row(
        '`SMS.0202`, `SMS.0204`, `SMS.0205`',
        "the Agent's keys, its permissions, or the source's clock are wrong",
        'reports',
        'fix that on the source, then start the task',
      ),
      row(
        '`SMS.0212`',
        'the Agent was restarted during the task',
        'reports',
        'for Linux by files, start it again; otherwise delete the task, then replay',
      ),
      row(
        '`SMS.0515`',
        "the source's disks changed since it was registered",
        'reports',
        'restart the Agent, wait, then replay',
      ),
      row(
        '`SMS.0601`',
        'the target ECS could not be created: balance, quota or capacity',
        'reports',
        'fix that, then start the task',
      ),
      row(
        '`SMS.0805`, `SMS.0806`, `SMS.0807`',
        'copying or syncing failed, or the network between source and target',
        'reports',
        'check the network, then start the task',
      ),
      row(
        '`SMS.1104`, `SMS.1105`, `SMS.1106`, `SMS.1113`',
        'a disk of the target could not be detached, created, deleted or partitioned',
        'reports',
        "check the target's disks, then start the task",
      ),
      row(
        '`SMS.1807`, `SMS.2802`, `SMS.3802` to `SMS.3806`',
        "a port of the target can't be reached (8900, 8899, 22)",
        'reports',
        'check the security group and the firewall, then start the task',
      ),
      row(
        '`SMS.9007`',
        'the task was paused: it exceeded its speed limit for too long',
        'reports',
        'raise `over_speed_threshold`, then start the task',
      ),
    ],
  },
  {
    title: 'API gateway of the services',
    source:
      'API Request Signing Guide, error codes; API Gateway FAQ 0003 (more than five refusals in a row lock a key for five minutes). The gateway writes `APIGW.` or `APIG.` before the same number.',
    rows: [
      row(
        '`APIGW.0301`',
        '401: wrong keys or signature, or a clock that is off by more than 15 minutes',
        'pauses the keys, waits',
        'fix the agency, or the keys',
      ),
      row(
        '`APIGW.0307`',
        '401: the token must be renewed; also the wrong region',
        'pauses the keys, waits',
        'check the region and endpoint settings',
      ),
      row('`APIGW.0308`', '429: throttled', 'waits', 'no action needed; schedule fewer jobs at the same time'),
      row('`APIGW.0101`', '404: API not found at this host', 'refuses', 'check the endpoint setting of the service'),
      row(
        '`APIGW.0201`',
        '400 or 413: a bad request; 504: no response from the service behind it',
        'checks, or reads again',
        '400 or 413: report a bug; 504: no action needed',
      ),
      row(
        '`APIGW.0705`, `APIGW.0801`',
        '500 or 503: an internal error of the gateway',
        'checks, or reads again',
        'no action needed for a few minutes',
      ),
    ],
  },
  {
    title: 'OBS',
    source: 'OBS API reference, AppendObject (obs_04_0088) and the error codes of the service.',
    rows: [
      row(
        '`NoSuchBucket`',
        'the bucket does not exist in this region',
        'fails',
        'check `ledger.obs.bucket` and `HUAWEICLOUD_OBS_ENDPOINT`',
      ),
      row(
        '`AccessDenied`',
        '403: a permission is missing, or a policy of the bucket denies it; with retention (WORM), appending is denied too',
        'fails',
        'check the agency and the bucket policy; use no retention for the ledger',
      ),
      row(
        '`ObjectNotAppendable`',
        "an object of the ledger was written by something else, or can't be appended to",
        'fails',
        'use a bucket without replication or archive storage class, and let nothing else write below the prefix',
      ),
      row(
        '`PositionNotEqualToLength`',
        'another writer was first',
        'checks',
        'no action needed: this is how concurrent writers are kept apart',
      ),
    ],
  },
  {
    title: 'FunctionGraph, when deploying',
    source:
      'FunctionGraph API reference, ErrorCode; terraform-provider-huaweicloud (2025). `npx serverless` prints what to do.',
    rows: [
      row(
        '`FSS.1005`, `FSS.1007`',
        'the region does not support the runtime or memory size',
        'stops',
        'change `provider.runtime` or `memorySize`',
      ),
      row('`FSS.1071`', 'the package is larger than 50 MB', 'stops', 'make it smaller'),
      row(
        '`FSS.1108`',
        'another trigger watches an overlapping part of the bucket',
        'stops',
        'delete that trigger, or watch other prefixes',
      ),
      row('`FSS.1109`', 'the schedule is not accepted', 'stops', 'correct the `cron` or `rate` of the job'),
      row(
        '`FSS.1145`',
        "the bucket's notification cannot be set",
        'stops',
        'allow the agency to read and set it, and check that the bucket is in this region',
      ),
      row(
        '`FSS.1146`, `FSS.1147`',
        'the API group is wrong, or another API has the path',
        'stops',
        'correct `provider.gateway`',
      ),
      row(
        '`FSS.1151`',
        'the bucket is in another region',
        'stops',
        'use a bucket in this region; locally, run `npx migrations start` with this jobs file',
      ),
      row(
        '`FSS.0403`',
        'the deploying user lacks a permission',
        'stops',
        'grant [these permissions](permissions.md#for-deployment)',
      ),
      row(
        '`FSS.1051` to `FSS.1053`, `FSS.1131`, `FSS.1132`, `FSS.1136`, `FSS.1138`, `FSS.1140`',
        'it does not exist (yet, or any more)',
        'continues',
        NO_ACTION,
      ),
      row('`FSS.0409`, `FSS.1016`, `FSS.1061`', 'it already exists, or nothing has changed', 'continues', NO_ACTION),
      row('`FSS.0429`', 'throttled', 'waits', NO_ACTION),
    ],
  },
];
