import { inspectJobs } from '../../../lib/jobs/load-jobs.ts';
import { formatPath } from '../../../lib/kernel/errors.ts';

const HEAD = `version: 1
region: ap-southeast-3
ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
targets:
  cache:
    id: x
    password: { user_data: PASSWORD }
jobs:
`;
const JOB = `  a:
    on: { object_created: { bucket: backups, key: "**" } }
    overlap: latest
    backup_import:
      target_instance: cache
`;
const ONLINE = 'online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }';

/** Files with one mistake, and all that is reported. */
const SLIPS: [title: string, text: string, problems: string[]][] = [
  [
    'an action indented by two spaces too few',
    HEAD + JOB.replace('    backup_import:\n      target', '  backup_import:\n    target'),
    [
      '12: jobs.backup_import: is in the wrong place: it belongs to job a above; indent it further, like the other keys of that job',
    ],
  ],
  [
    'an action that is not indented at all',
    HEAD + JOB.replace('    backup_import:\n      target', 'backup_import:\n  target'),
    [
      '12: backup_import: is in the wrong place: it belongs to job a above; indent it further, like the other keys of that job',
    ],
  ],
  [
    'all keys of a job indented by two spaces too few',
    `${HEAD}  a:\n  on: { request: {} }\n  ${ONLINE}\n`,
    [
      '10: jobs.on: is in the wrong place: it belongs to job a above; indent it further, like the other keys of that job',
      '11: jobs.online_migration: is in the wrong place: it belongs to job a above; indent it further, like the other keys of that job',
    ],
  ],
  [
    'actions of two jobs indented by two spaces too few',
    `${HEAD}  a:\n    on: { request: {} }\n  ${ONLINE}\n  b:\n    on: { request: {} }\n  server_migration: { source_server: { id: s }, target: { region: cn-south-1, template: t } }\n`,
    [
      '11: jobs.online_migration: is in the wrong place: it belongs to job a above; indent it further, like the other keys of that job',
      '14: jobs.server_migration: is in the wrong place: it belongs to job b above; indent it further, like the other keys of that job',
    ],
  ],
  [
    'a policy indented by two spaces too few',
    `${HEAD}${JOB}  deadline: 3h\n`,
    [
      '14: jobs.deadline: is in the wrong place: it belongs to job a above; indent it further, like the other keys of that job',
    ],
  ],
  [
    'a policy that is not indented at all',
    `${HEAD}${JOB}notify: { smn: "urn:smn:ap-southeast-3:p:t" }\n`,
    [
      '14: notify: is in the wrong place: it belongs to job a above; indent it further, like the other keys of that job',
    ],
  ],
  [
    'a policy inside the action',
    `${HEAD}${JOB}      deadline: 3h\n`,
    ['14: jobs.a.backup_import.deadline: is in the wrong place: it belongs in jobs.a; indent it less'],
  ],
  [
    'fields of an action next to it',
    HEAD + JOB.replace('    backup_import:\n      target', '    backup_import:\n    target'),
    ['13: jobs.a.target_instance: is in the wrong place: it belongs in jobs.a.backup_import; indent it further'],
  ],
  [
    'an action inside on',
    `${HEAD}  a:\n    on:\n      request: {}\n      ${ONLINE}\n`,
    ['12: jobs.a.on.online_migration: is in the wrong place: it belongs in jobs.a; indent it less'],
  ],
  [
    'a trigger without on',
    `${HEAD}  a:\n    object_created: { bucket: backups, key: "**" }\n    backup_import: { target_instance: cache }\n`,
    ['10: jobs.a.object_created: is in the wrong place: it belongs in jobs.a.on; indent it further'],
  ],
  [
    'a cron without schedule',
    `${HEAD}  a:\n    on: { cron: "0 0 2 * * ?" }\n    ${ONLINE}\n`,
    ['10: jobs.a.on.cron: is in the wrong place: it belongs in jobs.a.on.schedule; indent it further'],
  ],
  [
    'bucket and key next to their trigger',
    `${HEAD}  a:\n    on:\n      object_created:\n      bucket: backups\n      key: "**"\n    backup_import: { target_instance: cache }\n`,
    [
      '12: jobs.a.on.bucket: is in the wrong place: it belongs in jobs.a.on.object_created; indent it further',
      '13: jobs.a.on.key: is in the wrong place: it belongs in jobs.a.on.object_created; indent it further',
    ],
  ],
  [
    'a job outside jobs',
    `${HEAD}${JOB}b:\n  on: { request: {} }\n  ${ONLINE}\n`,
    ['14: b: is in the wrong place: it is a job and belongs in jobs; indent it further'],
  ],
  [
    'a job below jobs that is not indented',
    `${HEAD}a:\n  on: { request: {} }\n  ${ONLINE}\n`,
    ['9: a: is in the wrong place: it is a job and belongs in jobs; indent it further'],
  ],
  [
    'a job inside another',
    `${HEAD}${JOB}    b:\n      on: { request: {} }\n      ${ONLINE}\n`,
    ['14: jobs.a.b: is in the wrong place: it is a job and belongs in jobs; indent it less'],
  ],
  [
    'keys of a target next to it',
    HEAD.replace('    id: x\n    password', '  id: x\n  password') + JOB,
    [
      '6: targets.id: is in the wrong place: it belongs to target cache above; indent it further, like the other keys of that target',
      '7: targets.password: is in the wrong place: it belongs to target cache above; indent it further, like the other keys of that target',
    ],
  ],
  [
    'a key of the file among the jobs',
    `${HEAD}${JOB}  settle_seconds: 5\n`,
    ['14: jobs.settle_seconds: is in the wrong place: it belongs at the top level of the file; indent it less'],
  ],
  [
    'a key of the file inside a job',
    `${HEAD}${JOB}    time_zone: Europe/Berlin\n`,
    ['14: jobs.a.time_zone: is in the wrong place: it belongs at the top level of the file; indent it less'],
  ],
  [
    'lastest_of',
    `${HEAD}  a:\n    on: { request: {} }\n    backup_import:\n      target_instance: cache\n      backup_files: { lastest_of: d2c8399f-bdba-43c1-8069-3ff17a1a79d5, copy_frist: true }\n`,
    [
      '13: jobs.a.backup_import.backup_files.lastest_of: unknown field "lastest_of"; did you mean "latest_of"?',
      '13: jobs.a.backup_import.backup_files.copy_frist: unknown field "copy_frist"; did you mean "copy_first"?',
    ],
  ],
  [
    'a target of a server migration with typos',
    `${HEAD}  a:\n    on: { request: {} }\n    server_migration: { source_server: { id: s }, traget: { region: cn-south-1, templete: t } }\n`,
    [
      '11: jobs.a.server_migration.traget: unknown field "traget"; did you mean "target"?',
      '11: jobs.a.server_migration.traget.templete: unknown field "templete"; did you mean "template"?',
    ],
  ],
  [
    'ledger and targets with typos',
    HEAD.replace('targets', 'target').replace('ledger', 'leger') + JOB,
    [
      '3: leger: unknown key "leger"; did you mean "ledger"?',
      '4: target: unknown key "target"; did you mean "targets"?',
    ],
  ],
  [
    'capitals, and a scheme with a typo',
    `${HEAD}  a:\n    On: { Request: { auth: { bearr: [ { user_data: PARTNER } ] } } }\n    ${ONLINE}\n`,
    [
      '10: jobs.a.On: unknown key "On"; did you mean "on"?',
      '10: jobs.a.On.Request: unknown key "Request"; did you mean "request"?',
      '10: jobs.a.On.Request.auth.bearr: unknown key "bearr"; did you mean "bearer"?',
    ],
  ],
  [
    'a password with a typo in its key, which is checked nevertheless',
    HEAD.replace('password: { user_data: PASSWORD }', 'pasword: hunter2') + JOB,
    [
      '7: targets.cache.pasword: unknown field "pasword"; did you mean "password"?',
      '7: targets.cache.pasword: must be { user_data: NAME }, the name of an encrypted variable of the function; received a string, which is not shown',
    ],
  ],
  [
    'no trigger, and nothing that it would have supplied',
    HEAD + JOB.replace(/ {4}on: .*\n/, ''),
    ['9: jobs.a.on: is missing'],
  ],
  [
    'a key inside the value of another',
    `${HEAD}  a:\n    on: { request: {} }\n    overlap: latest\n      ${ONLINE}\n`,
    [
      '11: not valid YAML: a key is inside the value of another key: the indentation is wrong, here or on the line above, or a string with ": " is not quoted',
    ],
  ],
];

describe('inspectJobs, with one mistake', () => {
  it.each(SLIPS)('reports %s, and nothing that follows from it', async (_, text, problems) => {
    const found = (await inspectJobs(text, 'yaml')).problems;

    expect(
      found.map(({ line, path, message }) => `${line}: ${path.length === 0 ? '' : `${formatPath(path)}: `}${message}`),
    ).toEqual(problems);
  });

  it('does not move jobs that are named like a key', async () => {
    const text = `${HEAD}  on:\n    on: { request: {} }\n    ${ONLINE}\n  targets:\n    on: { request: {} }\n    ${ONLINE}\n`;

    expect((await inspectJobs(text, 'yaml')).problems).toEqual([]);
  });

  it('does not move a key to a place that already has it', async () => {
    const { problems } = await inspectJobs(`${HEAD}${JOB}      overlap: queue\n`, 'yaml');

    expect(problems.map(({ message }) => message)).toEqual(['unknown field "overlap"']);
  });
});
