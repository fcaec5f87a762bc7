import { stringify } from 'yaml';
import { PLACEHOLDER_ID } from '../../jobs/unfilled.ts';
import { type Answers, type Use, usesOf } from './questions.ts';

/**
 * The initial jobs file. The answers must be valid.
 *
 * @param home path of this software, relative to the file
 */
export function jobsFileText(given: Answers, home: string): string {
  const answers = quoted(given);
  const uses = usesOf(answers);
  const hasLedger = answers.ledger !== 'none';
  const head = [
    `# yaml-language-server: $schema=${home}/migrations.schema.json`,
    '#',
    '# What starts which migration. Check it with: npx migrations check.',
    `# All keys are described in ${home}/docs/jobs-file.md.`,
    '# Secrets are never written here: { user_data: NAME } names an encrypted variable of the functions.',
    'version: 1',
    `region: ${answers.region}`,
    ...ledgerLines(answers),
    '',
  ];
  const jobs = uses.flatMap((use) => ['', ...jobLines(use, answers, hasLedger)]);
  return `${[...head, ...targetLines(uses, answers), 'jobs:', ...jobs.slice(1)].join('\n')}\n`;
}

function ledgerLines({ ledger }: Answers): string[] {
  if (ledger === 'none') {
    return [
      '# Without a ledger nothing is recorded: two simultaneous deliveries may create two tasks, and nothing is followed or retried.',
      '# ledger: { obs: { bucket: <a bucket of its own>, prefix: migrations/ } }',
    ];
  }
  return [
    '# Every run is recorded in this bucket, so that one occurrence creates one task whatever happens.',
    `ledger: { obs: { bucket: ${ledger}, prefix: migrations/ } }`,
  ];
}

function targetLines(uses: readonly Use[], { instance, sourceInstance }: Answers): string[] {
  if (instance === undefined) return [];
  const target = (name: string, id: string, variable: string) => [
    `  ${name}:`,
    `    id: ${id}${fillIn(id, 'the id of the DCS instance')}`,
    `    password: { user_data: ${variable} } # omit it if the instance has no password`,
  ];
  return [
    'targets: # DCS instances, by names of your choice',
    ...target('cache', instance, 'CACHE_PASSWORD'),
    ...(uses.includes('schedule') && sourceInstance !== undefined
      ? target('source-cache', sourceInstance, 'SOURCE_CACHE_PASSWORD')
      : []),
    '',
  ];
}

function jobLines(use: Use, answers: Answers, hasLedger: boolean): string[] {
  const notify =
    answers.notify === undefined || answers.notify === 'none' ? [] : [`    notify: { smn: ${answers.notify} }`];
  switch (use) {
    case 'backup':
      return [
        '  # A backup is imported as soon as it is uploaded. An import merges: keys that are not in the backup are kept.',
        '  restore:',
        `    on: { object_created: { bucket: ${answers.bucket}, key: "**/*.rdb" } } # which objects: "**" is any number of folders`,
        ...notify,
        ...(hasLedger ? ['    sweep: { every: 1h, look_back: 24h } # finds objects whose notification was lost'] : []),
        '    backup_import:',
        '      target_instance: cache',
      ];
    case 'schedule':
      return [
        '  # Imports the newest backup of the other instance every night at 02:00.',
        '  refresh:',
        '    on: { schedule: { cron: "0 0 2 * * ?" } } # seconds first; prefix CRON_TZ=Area/City for another time zone',
        ...notify,
        '    backup_import:',
        '      target_instance: cache',
        '      backup_files: { latest_of: source-cache }',
      ];
    case 'request':
      return [
        '  # POST /jobs/import-on-demand/runs with the backup_files to import. The API Gateway authenticates callers.',
        '  import-on-demand:',
        '    on: { request: { accepts: [backup_files, description] } }',
        ...notify,
        '    backup_import:',
        '      target_instance: cache',
      ];
    case 'online':
      return [
        '  # Creates a migration machine and replicates the data until you switch over.',
        '  move-cache:',
        '    on: { request: {} } # POST /jobs/move-cache/runs',
        ...notify,
        ...onlineAction(answers, hasLedger),
      ];
    case 'servers':
      return [
        '  # Everything else is derived from the source server; the target is created from the template.',
        '  move-server:',
        '    on: { request: {} } # POST /jobs/move-server/runs',
        ...notify,
        '    server_migration:',
        `      source_server: { id: ${answers.sourceServer} }${fillIn(answers.sourceServer, 'the id of the source server in SMS')}`,
        `      target: { region: ${answers.region}, template: ${answers.template} }${fillIn(answers.template, 'the id of the template')}`,
        hasLedger
          ? '      start: true'
          : '      # start: true needs a ledger; without one, start the task in the console',
      ];
  }
}

function onlineAction({ vpc, subnet, securityGroup, sourceAddress }: Answers, hasLedger: boolean): string[] {
  return [
    '    online_migration:',
    `      vpc_id: ${vpc}${fillIn(vpc, 'the VPC of the migration machine; it must reach both sides')}`,
    `      subnet_id: ${subnet}${fillIn(subnet, 'the network id of the subnet')}`,
    `      security_group_id: ${securityGroup}${fillIn(securityGroup, 'the id of the security group')}`,
    ...(hasLedger
      ? [
          '      configure:',
          '        migration_method: incremental_migration # full_amount_migration ends on its own',
          '        resume_mode: auto',
          `        source_instance: { addrs: ${sourceAddress}, password: { user_data: OLD_REDIS_PASSWORD } } # check that it is right`,
          '        target_instance: cache',
        ]
      : [`      # configure needs a ledger; without one, configure the task in the console (source ${sourceAddress})`]),
  ];
}

/** Each answer as a YAML string: names such as `true` or `123` need quotes. */
function quoted(answers: Answers): Answers {
  const { use = '', ...others } = answers;
  return { ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, stringify(value).trim()])), use };
}

function fillIn(id: string | undefined, what: string): string {
  return id !== undefined && PLACEHOLDER_ID.test(id) ? ` # FILL IN: ${what}` : '';
}
