/** What a function or a deploy does by itself; docs/errors.md says what each word means. */
const REACTIONS = [
  'waits',
  'refuses',
  'looks',
  'looks, or reads again',
  'reports',
  'waits, or reports',
  'refuses, or reports',
  'rests the keys, waits',
  'fails',
  'stops',
  'goes on',
] as const;

/** One row: codes that mean the same to an operator. */
interface CloudCodeRow {
  readonly codes: string;
  readonly meaning: string;
  readonly reaction: (typeof REACTIONS)[number];
  readonly remedy: string;
}

export interface CloudCodes {
  readonly title: string;
  /** Where the facts are from. */
  readonly source: string;
  readonly rows: readonly CloudCodeRow[];
}

const row = (codes: string, meaning: string, reaction: CloudCodeRow['reaction'], remedy: string): CloudCodeRow => ({
  codes,
  meaning,
  reaction,
  remedy,
});

const NOTHING = 'nothing';

/** The codes of the services that operators meet. */
export const CLOUD_CODES: readonly CloudCodes[] = [
  {
    title: 'DCS',
    source:
      'Error code table of the DCS API reference (opentelekomcloud-docs/distributed-cache-service, 2026-04-22); 4121, 4231, 4975, CBC.99003651 and 4133 from terraform-provider-huaweicloud (2025-07). DCS writes the same codes as `1114 00xxx` too: DCS.4026 is 111400026.',
    rows: [
      row(
        '`DCS.4017`, `DCS.4026`, `DCS.4049`',
        'a job of the instance is running, or its state does not allow it',
        'waits',
        'if it lasts, look at the instance',
      ),
      row(
        '`DCS.4096`, `DCS.4097`, `DCS.4104`, `DCS.4108`, `DCS.4113`',
        'backing up, restoring, recovering, scaling',
        'waits',
        NOTHING,
      ),
      row(
        '`DCS.4111`, `DCS.4114` to `DCS.4118`, `DCS.4120`, `DCS.4121`',
        'restarting, being configured, changing its password, upgrading, rolling back, being made, freezing, resetting its password',
        'waits',
        NOTHING,
      ),
      row('`DCS.4069`, `DCS.4231`, `DCS.4975`, `CBC.99003651`', 'another operation is under way', 'waits', NOTHING),
      row('`DCS.4957`', "not allowed in the task's state", 'refuses', 'look at the task'),
      row(
        '`DCS.4133`',
        'no such task: unknown or deleted',
        'reports',
        'somebody deleted it; replay the run if it is needed',
      ),
      row(
        '`DCS.3022`, `DCS.4119`, `DCS.4061`',
        'no such instance, or its id is none',
        'refuses',
        "correct the target's id, and look at region and project",
      ),
      row(
        '`DCS.4080`, `DCS.4845`, `DCS.4850`',
        'the password is wrong, missing, or not to be given',
        'refuses',
        'set the secret again, deploy, replay',
      ),
      row('`DCS.4087`', 'the backup is not in a good state', 'refuses', 'choose another backup'),
      row(
        '`DCS.4013`, `DCS.4014`, `DCS.4016`, `DCS.4018`, `DCS.4046`, `DCS.4068`',
        'VPC, subnet or security group is wrong or missing',
        'refuses',
        'correct the three ids of the online migration',
      ),
      row(
        '`DCS.4020`, `DCS.4048`, `DCS.4911`',
        'DHCP is off in the subnet, the group has bad rules, or no address is left',
        'refuses',
        'mend subnet or group, replay',
      ),
      row('`DCS.4035`, `DCS.4036`, `DCS.4039`', 'quota', 'waits', 'ask for more, or delete what is not needed'),
      row(
        '`DCS.4002`, `DCS.4004`, `DCS.4005`, `DCS.4062`, `DCS.4063`, `DCS.4800`',
        'a parameter is not right',
        'refuses',
        'correct the jobs file; if it looks right, report it',
      ),
      row('`DCS.1001` to `DCS.1004`', '401: the token is not right', 'rests the keys, waits', 'mend the agency'),
      row(
        '`DCS.2003`, `DCS.2007`, `DCS.3002`, `DCS.3003`',
        '403: a permission is missing',
        'waits',
        'give the agency the action ([which](permissions.md)), and wait about ten minutes',
      ),
      row(
        '`DCS.5000`, `DCS.5006`, `DCS.5024`, `DCS.5053`, `DCS.5078`',
        '500: inside DCS',
        'looks, or reads again',
        'nothing for some minutes; then its support, with the request id',
      ),
    ],
  },
  {
    title: 'SMS',
    source:
      'Error codes of the SMS API reference, SMS FAQ issue 70 (2025-11) and User Guide issue 33 (2026-08); those with ° are from public reports only, and less sure.',
    rows: [
      row(
        '`SMS.9004`',
        '403: a permission is missing; `details` says which',
        'waits',
        'give it to the agency, and wait about ten minutes',
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
        'the source is not there, or its Agent is not connected',
        'waits',
        'start the Agent',
      ),
      row('`SMS.7101`°', 'no such template', 'refuses', '`target.template` in the job'),
      row('`SMS.7605`°', 'source or target has another task', 'refuses', 'finish or delete that task'),
      row('`SMS.7602`°, `SMS.7703`°', 'no such source, or no such task', 'refuses', 'look at its id'),
      row(
        '`SMS.7711`°, `SMS.7712`°',
        'the name or the type is not taken',
        'refuses',
        'shorter names of letters, digits and `_`',
      ),
      row('`SMS.6526`', 'quota; also a frozen account', 'waits, or reports', 'ask for more, or look at the account'),
      row('`SMS.8115`°', 'more than 50 migration projects', 'waits', 'delete what is not needed'),
      row('`SMS.6528`', 'the account is not verified', 'refuses, or reports', 'the account'),
      row('`SMS.6616`, `SMS.6617`', 'OS or kernel cannot be copied by blocks', 'refuses', '`type: MIGRATE_FILE`'),
      row(
        '`SMS.6509`, `SMS.6511`, `SMS.6517`, `SMS.6533`, `SMS.6563`, `SMS.6564`',
        'a check of the source failed: file system, drivers, rsync, VSS, initrd, GRUB',
        'refuses, or reports',
        'repair the source',
      ),
      row(
        '`SMS.6519`°, `SMS.6539`°, `SMS.6537`',
        'a disk is not found, too small, or the system disk above 1 TB',
        'refuses, or reports',
        'larger disks on the target',
      ),
      row(
        '`SMS.0007`',
        'the task failed in general: often an incomplete template, or an existing target that the job does not say exists',
        'reports',
        'template and target of the job, then replay',
      ),
      row('`SMS.0201`, `SMS.0203`', 'the Agent cannot reach the API', 'reports', "the source's network"),
      row(
        '`SMS.0202`, `SMS.0204`, `SMS.0205`',
        "the Agent's keys, its rights, or the source's clock",
        'reports',
        'mend that on the source, start the task',
      ),
      row(
        '`SMS.0212`',
        'the Agent was restarted during the task',
        'reports',
        'Linux by files: start it again. Else delete the task, replay',
      ),
      row(
        '`SMS.0515`',
        "the source's disks changed since it was registered",
        'reports',
        'restart the Agent, wait, replay',
      ),
      row(
        '`SMS.0601`',
        'the target ECS could not be made: balance, quota, sold out',
        'reports',
        'mend that, start the task',
      ),
      row(
        '`SMS.0805`, `SMS.0806`, `SMS.0807`',
        'copying or syncing failed, or the network between source and target',
        'reports',
        'network, then start the task',
      ),
      row(
        '`SMS.1104`, `SMS.1105`, `SMS.1106`, `SMS.1113`',
        'a disk of the target could not be detached, made, deleted or laid out',
        'reports',
        "the target's disks, then start the task",
      ),
      row(
        '`SMS.1807`, `SMS.2802`, `SMS.3802` to `SMS.3806`',
        "a port of the target can't be reached (8900, 8899, 22)",
        'reports',
        'security group and firewall, then start the task',
      ),
      row(
        '`SMS.9007`',
        'paused: faster than allowed for too long',
        'reports',
        'raise `over_speed_threshold`, start the task',
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
        '401: wrong keys, signature, or a clock that is off by more than 15 minutes',
        'rests the keys, waits',
        'mend the agency, or the keys',
      ),
      row(
        '`APIGW.0307`',
        '401: the token has to be renewed; also the wrong region',
        'rests the keys, waits',
        'region and endpoint settings',
      ),
      row('`APIGW.0308`', '429: throttled', 'waits', 'nothing; fewer schedules at the same moment'),
      row('`APIGW.0101`', '404: no such API at this host', 'refuses', 'the endpoint setting of the service'),
      row(
        '`APIGW.0201`',
        '400 or 413: a bad request; 504: no answer from behind',
        'looks, or reads again',
        '400, 413: report it. 504: nothing',
      ),
      row(
        '`APIGW.0705`, `APIGW.0801`',
        '500 and 503: inside the gateway',
        'looks, or reads again',
        'nothing for some minutes',
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
        '`ledger.obs.bucket`, and `HUAWEICLOUD_OBS_ENDPOINT`',
      ),
      row(
        '`AccessDenied`',
        '403: a permission or a policy of the bucket; with retention (WORM) appending too',
        'fails',
        'agency, bucket policy; no retention on the ledger',
      ),
      row(
        '`ObjectNotAppendable`',
        "an object of the ledger's name was put there by something else, or can't be appended to",
        'fails',
        'a bucket without replication and archive class, and nobody else below the prefix',
      ),
      row(
        '`PositionNotEqualToLength`',
        'another writer was first',
        'looks',
        'nothing: this is how two writers are kept apart',
      ),
    ],
  },
  {
    title: 'FunctionGraph, when deploying',
    source:
      'FunctionGraph API reference, ErrorCode; terraform-provider-huaweicloud (2025). `npx serverless` names what to do.',
    rows: [
      row(
        '`FSS.1005`, `FSS.1007`',
        'the region has no such runtime or memory size',
        'stops',
        '`provider.runtime`, `memorySize`',
      ),
      row('`FSS.1071`', 'the package is above 50 MB', 'stops', 'make it smaller'),
      row(
        '`FSS.1108`',
        'another trigger watches an overlapping part of the bucket',
        'stops',
        'delete that trigger, or watch other prefixes',
      ),
      row('`FSS.1109`', 'the schedule is not taken', 'stops', 'the `cron` or `rate` of the job'),
      row(
        '`FSS.1145`',
        "the bucket's notification cannot be set",
        'stops',
        'let the agency read and set it; is the bucket in this region?',
      ),
      row('`FSS.1146`, `FSS.1147`', 'the API group, or a path that another API has', 'stops', '`provider.gateway`'),
      row(
        '`FSS.1151`',
        'the bucket is in another region',
        'stops',
        'name a bucket of this region; locally start `npm start` with this jobs file',
      ),
      row(
        '`FSS.0403`',
        'a permission of whoever deploys is missing',
        'stops',
        '[its permissions](permissions.md#of-whoever-deploys)',
      ),
      row(
        '`FSS.1051` to `FSS.1053`, `FSS.1131`, `FSS.1132`, `FSS.1136`, `FSS.1138`, `FSS.1140`',
        'it is not there (yet, or any more)',
        'goes on',
        NOTHING,
      ),
      row('`FSS.0409`, `FSS.1016`, `FSS.1061`', 'it is there already, or nothing has changed', 'goes on', NOTHING),
      row('`FSS.0429`', 'throttled', 'waits', NOTHING),
    ],
  },
];
