import { inspectJobs } from '../../../lib/jobs/load-jobs.ts';
import { formatPath } from '../../../lib/kernel/errors.ts';

const NOW = Date.UTC(2026, 10, 28);
const ID = 'd2c8399f-bdba-43c1-8069-3ff17a1a79d5';
/** Lines 1 to 5. */
const HEAD = `version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets: { cache: { id: ${ID} }, second: { id: ${ID.replaceAll('-', '').toUpperCase()} }, other: { id: o } }
jobs:
`;
const ONLINE = 'online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }';
const IMPORT = 'backup_import: { target_instance: cache }';
const job = (on: string, action: string, name = 'a') => `  ${name}:\n    on: ${on}\n    ${action}\n`;
const landed = (key: string, more = '') => `{ object_created: { bucket: backups, key: '${key}'${more} } }`;
const cron = (text: string, more = '') => job(`{ schedule: { cron: "${text}" } }`, ONLINE) + more;
const asked = (action: string, name = 'a') => job('{ request: {} }', action, name);
const server = (fields: string, name = 'a') => asked(`server_migration: { ${fields} }`, name);
const DERIVED = 'target: { region: cn-south-1, template: t }';

/** The findings of the jobs, problems first, as `line: path: message`. */
async function found(jobs: string, head = HEAD) {
  const { problems, warnings } = await inspectJobs(head + jobs, 'yaml', { now: NOW });
  const shown = ({ line, path, message }: (typeof problems)[number]) => `${line}: ${formatPath(path)}: ${message}`;
  return { problems: problems.map(shown), warnings: warnings.map(shown) };
}

const OWN_BACKUP =
  'jobs.a.backup_import.backup_files.latest_of: is the target instance: its own backup would overwrite everything that has changed since; name another instance';
const CRON = '7: jobs.a.on.schedule.cron: ';
const KEY = '7: jobs.a.on.object_created.key: ';
const SET = ', set: { by: "prod/{set}/", complete: { marker: _SUCCESS } }';

/** Jobs that can never work. */
const REFUSED: [title: string, jobs: string, problem: string][] = [
  [
    'a key that matches only the marker',
    job(landed('prod/**/_SUCCESS', SET), IMPORT),
    `${KEY}matches only markers (_SUCCESS), which are not imported; match the files, for example with "*.rdb"`,
  ],
  [
    'an overlap with a typo',
    asked(`overlap: lastest\n    ${ONLINE}`),
    '8: jobs.a.overlap: must be one of queue, latest, reject, received the string "lastest"; did you mean "latest"?',
  ],
  [
    'the target itself, by its name',
    asked('backup_import: { target_instance: cache, backup_files: { latest_of: cache } }'),
    `8: ${OWN_BACKUP}`,
  ],
  [
    'the target itself, by its id',
    asked(`backup_import: { target_instance: cache, backup_files: { latest_of: ${ID} } }`),
    `8: ${OWN_BACKUP}`,
  ],
  [
    'the target itself, by a second name',
    asked('backup_import: { target_instance: cache, backup_files: { latest_of: second } }'),
    `8: ${OWN_BACKUP}`,
  ],
  [
    'the inline target itself',
    asked(`backup_import: { target_instance: { id: ${ID} }, backup_files: { latest_of: second } }`),
    `8: ${OWN_BACKUP}`,
  ],
  [
    'an online migration onto its source',
    asked(
      'online_migration: { vpc_id: v, subnet_id: s, security_group_id: g, configure: { migration_method: incremental_migration, resume_mode: auto, source_instance: cache, target_instance: second } }',
    ),
    '8: jobs.a.online_migration.configure.target_instance: is the same instance as the source',
  ],
  [
    'an online migration onto the address of its source',
    asked(
      'online_migration: { vpc_id: v, subnet_id: s, security_group_id: g, configure: { migration_method: incremental_migration, resume_mode: auto, source_instance: { addrs: "h:1" }, target_instance: { addrs: "h:1" } } }',
    ),
    '8: jobs.a.online_migration.configure.target_instance: is the same instance as the source',
  ],
  [
    'a key outside all sets',
    job(landed('staging/**', SET), IMPORT),
    `${KEY}matches no object of a set: sets are below "prod/{set}/"; write "prod/**", or another set.by`,
  ],
  [
    'a key above all sets',
    job(landed('prod/*.rdb', SET), IMPORT),
    `${KEY}matches no object of a set: sets are below "prod/{set}/"; write "prod/**", or another set.by`,
  ],
  [
    'an OBS URL as a key',
    job(landed('obs://redis-backups/prod/**'), IMPORT),
    `${KEY}is an address, but only the key is expected; write "prod/**", and put the bucket "redis-backups" in its own field`,
  ],
  [
    'an S3 URL as a key',
    job(landed('s3://b/x.rdb'), IMPORT),
    `${KEY}is an address, but only the key is expected; write "x.rdb", and put the bucket "b" in its own field`,
  ],
  [
    'a URL as a key',
    job(landed('https://backups.obs.ap-southeast-3.myhuaweicloud.com/prod/x.rdb'), IMPORT),
    `${KEY}is an address, but only the key is expected; write "prod/x.rdb", and put the bucket "backups" in its own field`,
  ],
  [
    'a URL as a bucket',
    job('{ object_created: { bucket: "obs://backups", key: "**" } }', IMPORT),
    '7: jobs.a.on.object_created.bucket: is an address, but only the bucket is expected; write "backups"',
  ],
  [
    'a URL as the prefix of sets',
    job(landed('**', ', set: { by: "obs://backups/{set}/", complete: { count: 3 } }'), IMPORT),
    '7: jobs.a.on.object_created.set.by: is an address, but only the key is expected; write "{set}/", and put the bucket "backups" in its own field',
  ],
  [
    'a URL as a file',
    asked(
      'backup_import: { target_instance: cache, backup_files: { bucket_name: b, files: [ { file_name: "obs://b/x.rdb" } ] } }',
    ),
    '8: jobs.a.backup_import.backup_files.files[0].file_name: is an address, but only the key is expected; write "x.rdb", and put the bucket "b" in its own field',
  ],
  [
    'every second of a minute',
    cron('* 30 2 * * ?'),
    `${CRON}fires 60 times a day, more than once a minute; seconds come first: for once a day write "0 30 2 * * ?"`,
  ],
  [
    'every second of an hour',
    cron('* * 2 * * ?'),
    `${CRON}fires 3,600 times a day, more than once a minute; seconds come first: for once a day write "0 0 2 * * ?"`,
  ],
  [
    'twice a minute',
    cron('CRON_TZ=Asia/Shanghai 0,30 0 2 * * ?'),
    `${CRON}fires 2 times a day, more than once a minute; seconds come first: for once a day write "CRON_TZ=Asia/Shanghai 0 0 2 * * ?"`,
  ],
  [
    'every ten seconds',
    cron('0/10 * * * * ?'),
    `${CRON}fires 8,640 times a day, more than once a minute; seconds come first: for 1,440 times a day write "0 * * * * ?"`,
  ],
  ['@every 59s', cron('@every 59s'), `${CRON}fires more than once a minute; the shortest interval is "@every 1m"`],
  [
    'a Unix cron line',
    cron('30 2 * * *'),
    `${CRON}has five fields, but FunctionGraph expects six, with seconds first: "0 30 2 * * *"`,
  ],
  [
    'CST',
    cron('CRON_TZ=CST 0 0 2 * * ?'),
    `${CRON}CRON_TZ=CST is not a time zone but an ambiguous abbreviation; write Asia/Shanghai or America/Chicago`,
  ],
  [
    'BST',
    cron('CRON_TZ=BST 0 0 2 * * ?'),
    `${CRON}CRON_TZ=BST is not a time zone but an ambiguous abbreviation; write Europe/London or Asia/Dhaka`,
  ],
  [
    'IST',
    cron('CRON_TZ=IST 0 0 2 * * ?'),
    `${CRON}CRON_TZ=IST is not a time zone but an ambiguous abbreviation; write Asia/Kolkata, Europe/Dublin or Asia/Jerusalem`,
  ],
  [
    'EST',
    cron('CRON_TZ=EST 0 0 2 * * ?'),
    `${CRON}CRON_TZ=EST is not a time zone but an ambiguous abbreviation; write America/New_York or America/Panama`,
  ],
  [
    'an offset',
    cron('CRON_TZ=GMT+8 0 0 2 * * ?'),
    `${CRON}CRON_TZ=GMT+8 is not a time zone but an offset, which has no daylight saving time and whose sign is ambiguous; write Asia/Shanghai`,
  ],
  [
    'a zone of the Etc area',
    cron('CRON_TZ=Etc/GMT-8 0 0 2 * * ?'),
    `${CRON}CRON_TZ=Etc/GMT-8 is not a time zone but an offset, which has no daylight saving time and whose sign is ambiguous; write Asia/Shanghai`,
  ],
  [
    'a zone in lower case',
    cron('CRON_TZ=europe/berlin 0 0 2 * * ?'),
    `${CRON}CRON_TZ=europe/berlin is not a time zone; write one such as Europe/Berlin`,
  ],
  [
    'a city without its area',
    cron('CRON_TZ=Berlin 0 0 2 * * ?'),
    `${CRON}CRON_TZ=Berlin is not a time zone; write one such as Europe/Berlin`,
  ],
  [
    'a city without its own zone',
    cron('CRON_TZ=Asia/Beijing 0 0 2 * * ?'),
    `${CRON}CRON_TZ=Asia/Beijing is not a time zone; write one such as Asia/Shanghai`,
  ],
  [
    'a zone of the US naming scheme',
    cron('CRON_TZ=US/Eastern 0 0 2 * * ?'),
    `${CRON}CRON_TZ=US/Eastern is not a time zone; write one such as America/New_York`,
  ],
  [
    'a zone with a typo',
    cron('CRON_TZ=Asia/Shangai 0 0 2 * * ?'),
    `${CRON}CRON_TZ=Asia/Shangai is not a time zone; write one such as Asia/Shanghai`,
  ],
  ['utc', cron('CRON_TZ=utc 0 0 2 * * ?'), `${CRON}CRON_TZ=utc is not a time zone but another name for UTC; write UTC`],
  ['TZ=', cron('TZ=UTC 0 0 2 * * ?'), `${CRON}begins with TZ=, but FunctionGraph supports only CRON_TZ=Area/City`],
];

describe('a job that can never work', () => {
  it.each(REFUSED)('is refused: %s', async (_, jobs, problem) => {
    expect((await found(jobs)).problems).toEqual([problem]);
  });

  it.each([
    [
      'an invalid region',
      HEAD.replace('ap-southeast-3', 'ap_southeast-3'),
      '2: region: must be the id of a region such as ap-southeast-3, received the string "ap_southeast-3"; did you mean "ap-southeast-3"?',
    ],
    [
      'an abbreviation as time_zone',
      HEAD.replace('ledger', 'time_zone: CST\nledger'),
      '3: time_zone: must be a time zone, received the string "CST": an ambiguous abbreviation; write Asia/Shanghai or America/Chicago',
    ],
    [
      'a typo in time_zone',
      HEAD.replace('ledger', 'time_zone: Europe/Berlim\nledger'),
      '3: time_zone: must be a time zone such as Europe/Berlin, received the string "Europe/Berlim"',
    ],
  ])('is refused because of %s', async (_, head, problem) => {
    expect((await found(asked(ONLINE), head)).problems).toEqual([problem]);
  });
});

const OVERLAP = 'and both import into the same instance: such an object would be imported twice';
const DST = (text: string) => `${CRON}in ${text}`;

/** Jobs that may be intended, with the warning about what will happen. */
const WARNED: [title: string, jobs: string, warnings: string[]][] = [
  [
    'every minute of an hour',
    cron('0 * 2 * * ?'),
    [
      `${CRON}fires 60 times in 1h, and each tick is a separate run; limit lets 20 of them start, and the others wait; for once a day write "0 0 2 * * ?"`,
    ],
  ],
  [
    'a rate above the limit',
    job('{ schedule: { rate: 1h } }', `${ONLINE}\n    limit: { runs: 2, per: 1d }`),
    [
      '7: jobs.a.on.schedule.rate: fires 24 times in 1d, and each tick is a separate run; limit lets 2 of them start, and the others wait',
    ],
  ],
  [
    'a time that clocks skip and repeat',
    cron('CRON_TZ=Europe/Berlin 0 30 2 * * ?'),
    [
      DST(
        'Europe/Berlin the clocks skip 02:30 on 2027-03-28 and repeat 02:30 on 2027-10-31, when it may not fire, or may fire twice; choose a time outside 02:00 to 03:00, or use CRON_TZ=UTC',
      ),
    ],
  ],
  [
    'a time on Sundays only',
    cron('CRON_TZ=Europe/Berlin 0 30 2 ? * SUN'),
    [
      DST(
        'Europe/Berlin the clocks skip 02:30 on 2027-03-28 and repeat 02:30 on 2027-10-31, when it may not fire, or may fire twice; choose a time outside 02:00 to 03:00, or use CRON_TZ=UTC',
      ),
    ],
  ],
  [
    'a time that clocks repeat',
    cron('CRON_TZ=America/New_York 0 30 1 * * ?'),
    [
      DST(
        'America/New_York the clocks repeat 01:30 on 2027-11-07, when it may not fire, or may fire twice; choose a time outside 01:00 to 02:00, or use CRON_TZ=UTC',
      ),
    ],
  ],
  [
    'a midnight that clocks skip',
    cron('CRON_TZ=America/Santiago 0 15 0 * * ?'),
    [
      DST(
        'America/Santiago the clocks skip 00:15 on 2027-09-05, when it may not fire, or may fire twice; choose a time outside 00:00 to 01:00, or use CRON_TZ=UTC',
      ),
    ],
  ],
  [
    'a URL-encoded key',
    job(landed('prod%2F*.rdb'), IMPORT),
    [`${KEY}has "%" and two hex digits, which are matched literally: keys are decoded before matching`],
  ],
  [
    'the same key twice',
    job(landed('prod/**'), IMPORT) + job(landed('prod/**'), IMPORT, 'b'),
    [`10: jobs.b.on.object_created.key: can match the same objects as "prod/**" of job a, ${OVERLAP}`],
  ],
  [
    'overlapping keys, and a second name',
    job(landed('prod/*.rdb'), IMPORT) + job(landed('prod/dump*'), 'backup_import: { target_instance: second }', 'b'),
    [`10: jobs.b.on.object_created.key: can match the same objects as "prod/*.rdb" of job a, ${OVERLAP}`],
  ],
  [
    'one source server',
    server(`source_server: { id: s }, ${DERIVED}`) + server(`name: b, source_server: { id: s }, ${DERIVED}`, 'b'),
    [
      '11: jobs.b.server_migration.source_server.id: is the source server of 2 jobs (a, b): SMS allows it only one task, so every run after the first is refused until that task is deleted',
    ],
  ],
  [
    'one existing target',
    ['a', 'b']
      .map((name) =>
        server(
          `name: ${name}, source_server: { id: ${name} }, target: { region: cn-south-1, server: e }, confirm_format: true`,
          name,
        ),
      )
      .join(''),
    [
      '11: jobs.b.server_migration.target.server: is the target of 2 jobs (a, b): each formats the disks that the previous one wrote',
    ],
  ],
  [
    'names that SMS shortens to the same',
    ['01', '02', '03', '04']
      .map((n) => server(`source_server: { id: s${n} }, ${DERIVED}`, `move-web-server-${n}`))
      .join(''),
    [
      '8: jobs.move-web-server-01.server_migration: tasks of 4 jobs (move-web-server-01, move-web-server-02, move-web-server-03 and 1 more) are all named move_web_se_…: SMS accepts only short names, so only the first 11 characters are kept; start each server_migration.name differently',
    ],
  ],
  [
    'a placeholder that the name limit cuts off',
    server(`name: "migrate-server-{{ request.body.n }}", source_server: { id: s }, ${DERIVED}`),
    [
      '8: jobs.a.server_migration.name: SMS shows only the first 11 characters: all tasks of this job are named migrate_ser_…; put the placeholder first',
    ],
  ],
  [
    'a topic of another region',
    asked(`${ONLINE}\n    notify: { smn: "urn:smn:cn-north-4:p:t" }`),
    [
      '9: jobs.a.notify.smn: is a topic in region cn-north-4, and a topic can only be reached in its own region: nobody is notified unless the functions run there; this file is for ap-southeast-3',
    ],
  ],
  [
    'topics of two projects',
    ['a', 'b']
      .map((name) => asked(`${ONLINE}\n    notify: { smn: "urn:smn:ap-southeast-3:p${name}:t" }`, name))
      .join(''),
    [
      "13: jobs.b.notify.smn: is a topic in another project than the topic of job a: nobody is notified unless its policy lets the functions' project publish",
    ],
  ],
  [
    'an unknown target region',
    server('source_server: { id: s }, target: { region: cn-south-11, template: t }'),
    [
      '8: jobs.a.server_migration.target.region: unknown region: if it does not exist, no call will get a response; did you mean "cn-south-1"?',
    ],
  ],
  [
    'the placeholder of init',
    server(`source_server: { id: 00000000-0000-0000-0000-000000000006 }, ${DERIVED}`),
    [
      '8: jobs.a.server_migration.source_server.id: must still be filled in: "00000000-0000-0000-0000-000000000006" does not exist in the cloud',
    ],
  ],
  [
    'a placeholder of documentation',
    server(`source_server: { id: <your-server-id> }, ${DERIVED}`),
    [
      '8: jobs.a.server_migration.source_server.id: must still be filled in: "<your-server-id>" does not exist in the cloud',
    ],
  ],
  [
    'the bucket name in the key',
    job(landed('backups/prod/**'), IMPORT),
    [`${KEY}begins with the name of the bucket, but is matched against keys inside it; remove "backups/"`],
  ],
  [
    'a Windows path',
    job(landed('prod\\dumps\\*.rdb'), IMPORT),
    [`${KEY}has a backslash, which is matched literally; the segments of a key are separated by "/"`],
  ],
  [
    'a full-width asterisk',
    job(landed('prod/＊.rdb'), IMPORT),
    [`${KEY}has a full-width asterisk (＊), which is matched literally; write *`],
  ],
  [
    'a folder',
    job(landed('prod/'), IMPORT),
    [`${KEY}ends with "/", so it matches only folders, which start nothing; append "**"`],
  ],
  [
    'shell braces',
    job(landed('prod/*.{rdb,aof}'), IMPORT),
    [`${KEY}has "?", "[ ]" or "{ }", which are matched literally: only * and ** are wildcards`],
  ],
];

const online = (target: string, name: string, method = 'incremental') =>
  asked(
    `online_migration: { vpc_id: v, subnet_id: s, security_group_id: g, configure: { migration_method: ${method}_migration, resume_mode: auto, source_instance: { addrs: "10.0.0.7:6379" }, target_instance: ${target} } }`,
    name,
  );
const SHARED = 'is also the target of online migration move: runs of this job wait until';
const STEADY = `${SHARED} someone stops it (target_in_online_migration)`;

describe('a job that writes to the target of an online migration', () => {
  const BACKUP = 'backup_files: { file_source: self_build_obs, bucket_name: b, files: [ { file_name: x.rdb } ] }';
  const importInto = (target: string) => asked(`backup_import: { target_instance: ${target}, ${BACKUP} }`, 'import');
  const AT = 'jobs.import.backup_import.target_instance: ';

  it.each([
    ['the same name', online('cache', 'move') + importInto('cache'), [`11: ${AT}${STEADY}`]],
    ['a second name', online('second', 'move') + importInto('cache'), [`11: ${AT}${STEADY}`]],
    ['the id', online(`{ id: ${ID} }`, 'move') + importInto('cache'), [`11: ${AT}${STEADY}`]],
    ['its own id', online('cache', 'move') + importInto(`{ id: ${ID} }`), [`11: ${AT}${STEADY}`]],
    ['an earlier position in the file', importInto('cache') + online('cache', 'move'), [`8: ${AT}${STEADY}`]],
    [
      'a copy in full',
      online('cache', 'move', 'full_amount') + importInto('cache'),
      [`11: ${AT}${SHARED} it has ended`],
    ],
    [
      'another online migration',
      online('cache', 'b', 'full_amount') + online('second', 'move'),
      [`8: jobs.b.online_migration.configure.target_instance: ${STEADY}`],
    ],
  ])('is warned of once, with %s', async (_how, jobs, warnings) => {
    expect(await found(jobs)).toEqual({ problems: [], warnings });
  });

  it.each([
    ['another instance', online('other', 'move') + importInto('cache')],
    ['addresses', online('{ addrs: "10.0.0.8:6379" }', 'move') + importInto('cache')],
    ['no configuration', asked(ONLINE, 'move') + importInto('cache')],
    [
      'the source of the migration',
      online('other', 'move').replace('{ addrs: "10.0.0.7:6379" }', 'cache') + importInto('cache'),
    ],
  ])('is not warned of with %s', async (_how, jobs) => {
    expect(await found(jobs)).toEqual({ problems: [], warnings: [] });
  });
});

describe('a job that may be intended', () => {
  it.each(WARNED)('is warned of: %s', async (_, jobs, warnings) => {
    expect(await found(jobs)).toEqual({ problems: [], warnings });
  });

  it.each([
    [
      'an unknown region',
      HEAD.replace('ap-southeast-3', 'ap-southeast-33'),
      asked(ONLINE),
      ['2: region: unknown region: if it does not exist, no call will get a response; did you mean "ap-southeast-3"?'],
    ],
    [
      'a cron without CRON_TZ in a file with time_zone',
      HEAD.replace('ledger', 'time_zone: Europe/Berlin\nledger'),
      cron('0 30 2 * * ?'),
      [
        '8: jobs.a.on.schedule.cron: uses the time zone of the region, Asia/Singapore: time_zone only applies to {{ time.date }}; prepend CRON_TZ=Europe/Berlin to use that zone',
      ],
    ],
    [
      "a time that the region's clocks skip",
      HEAD.replace('ap-southeast-3', 'eu-west-101'),
      cron('0 30 1 * * ?'),
      [
        '7: jobs.a.on.schedule.cron: in Europe/Dublin the clocks skip 01:30 on 2027-03-28 and repeat 01:30 on 2027-10-31, when it may not fire, or may fire twice; choose a time outside 01:00 to 02:00, or use CRON_TZ=UTC',
      ],
    ],
    [
      'a target that must be filled in',
      HEAD.replace(ID, 'TODO'),
      asked(ONLINE),
      ['4: targets.cache.id: must still be filled in: "TODO" does not exist in the cloud'],
    ],
  ])('is warned of because of %s', async (_, head, jobs, warnings) => {
    expect(await found(jobs, head)).toEqual({ problems: [], warnings });
  });

  it.each([
    ['another instance', asked('backup_import: { target_instance: cache, backup_files: { latest_of: other } }')],
    ['a key within sets', job(landed('prod/*/*.rdb', SET), IMPORT)],
    ['keys that no object can match both', job(landed('prod/*.rdb'), IMPORT) + job(landed('prod/*.aof'), IMPORT, 'b')],
    [
      'the same key twice, if one job is a dry run',
      job(landed('**'), IMPORT) + job(landed('**'), `dry_run: true\n    ${IMPORT}`, 'b'),
    ],
    [
      'one key and two instances',
      job(landed('**'), IMPORT) + job(landed('**'), 'backup_import: { target_instance: other }', 'b'),
    ],
    [
      'sets that do not overlap',
      job(landed('**', SET), IMPORT) + job(landed('**', SET.replace('prod', 'test')), IMPORT, 'b'),
    ],
    [
      'short names that differ',
      server(`source_server: { id: s1 }, ${DERIVED}`, 'web-01') +
        server(`source_server: { id: s2 }, ${DERIVED}`, 'web-02'),
    ],
    ['once a minute within the limit', cron('0 0/5 * * * ?')],
    ['@every 1h', cron('@every 1h')],
    ['Asia/Kolkata, an alias in some runtimes', cron('CRON_TZ=Asia/Kolkata 0 0 2 * * ?')],
    ['a zone with three parts', cron('CRON_TZ=America/Argentina/Buenos_Aires 0 0 2 * * ?')],
    ['a time outside the clock change', cron('CRON_TZ=Europe/Berlin 0 0 3 * * ?')],
    ['a weekday without clock changes', cron('CRON_TZ=Europe/Berlin 0 30 2 ? * MON')],
    ['every hour', cron('CRON_TZ=Europe/Berlin 0 30 * * * ?')],
    ['a month without a clock change', cron('CRON_TZ=Europe/Berlin 0 30 2 * 6 ?')],
    ['a zone without clock changes', cron('CRON_TZ=Asia/Shanghai 0 30 2 * * ?')],
  ])('is accepted without a warning: %s', async (_, jobs) => {
    expect(await found(jobs)).toEqual({ problems: [], warnings: [] });
  });
});
