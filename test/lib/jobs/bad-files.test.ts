import { parseJobs } from '../../../lib/jobs/load-jobs.ts';
import { ConfigError, formatPath } from '../../../lib/kernel/errors.ts';

/** Lines 1 to 5 of the files below that start with it. */
const HEAD = `version: 1
region: ap-southeast-3
targets: { cache: { id: x, password: { user_data: PASSWORD } } }
jobs:
  a:
`;

/** Every problem of a bad file, as `line: path: message`. */
const BAD_FILES: [title: string, text: string, problems: string[]][] = [
  ['an empty file', ``, ['1: (document): must be an object with version, region and jobs, received nothing']],
  [
    'a list',
    `- version: 1
`,
    ['1: (document): must be an object with version, region and jobs, received a list'],
  ],
  [
    'a string',
    `hello
`,
    ['1: (document): must be an object with version, region and jobs, received a string'],
  ],
  [
    'an object without keys',
    `{}
`,
    ['1: version: is missing; write 1', '1: region: is missing', '1: jobs: is missing'],
  ],
  [
    'an unclosed quote',
    `version: "1
region: x
`,
    ['3: (document): not valid YAML: a quote, bracket, colon or comma is missing'],
  ],
  [
    'a duplicate key',
    `version: 1
region: ap-southeast-3
version: 1
`,
    ['3: (document): not valid YAML: a duplicate key'],
  ],
  [
    'two documents',
    `version: 1
---
version: 1
`,
    ['2: (document): not valid YAML: the file has more than one document'],
  ],
  [
    'tabs',
    `jobs:
	a: 1
`,
    ['2: (document): not valid YAML: a tab is used for indentation'],
  ],
  [
    'an alias without an anchor',
    `version: *x
`,
    ['1: (document): not usable YAML: an unquoted string that begins with * is an alias, and this one has no anchor'],
  ],
  [
    'a version as a string, an unknown key and no jobs',
    `version: "1"
regoin: ap-southeast-3
jobs: {}
`,
    [
      '1: version: must be 1, received the string "1"',
      '2: regoin: unknown key "regoin"; did you mean "region"?',
      '3: jobs: has no jobs',
    ],
  ],
  [
    'another version and an invalid region',
    `version: 2
region: Singapore
time_zone: Mars/Base
jobs: []
`,
    [
      '1: version: must be 1, received 2',
      '2: region: must be the id of a region such as ap-southeast-3, received the string "Singapore"',
      '3: time_zone: must be a time zone such as Europe/Berlin, received the string "Mars/Base"',
      '4: jobs: must be an object of jobs by name, received a list',
    ],
  ],
  [
    'keys that need memory, without a ledger',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**", set: { by: "prod/{set}/", complete: { count: 3 } } } }
    online_migration:
      vpc_id: v
      subnet_id: s
      security_group_id: g
      configure: { migration_method: incremental_migration, resume_mode: auto, source_instance: { addrs: "a:1" }, target_instance: cache }
    deadline: 6h
    sweep: { every: 1h, look_back: 24h }
    notify: { smn: "urn:smn:r-1:p:topic", on: [failed] }
    stop_when: { offset: 0, for: 10m }
    preflight: warn
    on_failure: release
    dry_run: true
  b:
    on: { request: {} }
    server_migration: { source_server: { id: s }, target: { region: r, template: t }, start: true }
  c:
    on: { request: {} }
    backup_import: { target_instance: cache, backup_files: { latest_of: 5e37b3be-950a-48e1-b498-65b63d336481, copy_first: true }, backup_target_first: true }
  d:
    on: { request: {} }
    backup_import: { target_instance: cache, backup_files: { latest_of: 5e37b3be-950a-48e1-b498-65b63d336481, copy_first: false }, backup_target_first: false }
`,
    [
      '6: jobs.a.on.object_created.set: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '11: jobs.a.online_migration.configure: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '12: jobs.a.deadline: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '13: jobs.a.sweep: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '14: jobs.a.notify: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '15: jobs.a.stop_when: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '21: jobs.b.server_migration.start: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '24: jobs.c.backup_import.backup_files.copy_first: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '24: jobs.c.backup_import.backup_target_first: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
    ],
  ],
  [
    'policies of one task with wrong values',
    `ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
` +
      HEAD +
      `    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
    deadline: 31d
    preflight: maybe
    sweep: { every: 1h, look_back: 59m }
    notify: { smn: topic, on: [failed, failed, lost], by: mail }
    on_failure: delete
    stop_when: { offset: -1, for: 0m }
    dry_run: "yes"
  b:
    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
    sweep: { every: hourly }
    notify: { smn: "urn:smn:r-1:p:topic", on: [] }
    on_failure: release
    stop_when: { offset: 0, for: 10m }
  c:
    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
    deadline: 6
    sweep: 1h
    notify: [failed]
    stop_when: now
`,
    [
      '9: jobs.a.deadline: must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received the string "31d"',
      '10: jobs.a.preflight: must be one of refuse, warn, off, received the string "maybe"',
      '11: jobs.a.sweep: has nothing to search: the job has no object_created trigger',
      '11: jobs.a.sweep.look_back: must be at least as long as every; otherwise objects between two sweeps are missed',
      '12: jobs.a.notify.by: unknown key "by"',
      '12: jobs.a.notify.smn: must be the URN of an SMN topic, urn:smn:<region>:<project id>:<name>, received the string "topic"',
      '12: jobs.a.notify.on[1]: lists failed twice',
      '12: jobs.a.notify.on[2]: must be one of started, succeeded, failed, stuck, parked, missed, waiting, received the string "lost"',
      '13: jobs.a.on_failure: must be one of keep, release, received the string "delete"',
      '14: jobs.a.stop_when.offset: must be a whole number from 0 to 9007199254740991, received -1',
      '14: jobs.a.stop_when.for: must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received the string "0m"',
      '14: jobs.a.stop_when: needs online_migration.configure with migration_method: incremental_migration: other tasks end by themselves',
      '15: jobs.a.dry_run: must be true or false, received the string "yes"',
      '19: jobs.b.sweep.every: must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received the string "hourly"',
      '20: jobs.b.notify.on: must be a list of started, succeeded, failed, stuck, parked, missed, waiting, received an empty list',
      '21: jobs.b.on_failure: release is only for online_migration: other tasks have no migration machine',
      '22: jobs.b.stop_when: needs online_migration.configure with migration_method: incremental_migration: other tasks end by themselves',
      '26: jobs.c.deadline: must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received 6',
      '27: jobs.c.sweep: must be an object with every and look_back, received a string',
      '28: jobs.c.notify: must be an object with smn and on, received a list',
      '29: jobs.c.stop_when: must be an object with offset and for, received a string',
    ],
  ],
  [
    'sets with wrong values',
    `ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
` +
      HEAD +
      `    on:
      object_created: { bucket: backups, key: "**", set: { by: "prod/", complete: {} } }
    backup_import: { target_instance: cache }
  b:
    on:
      object_created:
        bucket: backups
        key: "**"
        set:
          by: "{set}/{set}/"
          complete: { marker: a/b, count: 3, manifest: "yes" }
          deadline: soon
          every: 1h
    backup_import: { target_instance: cache }
  c:
    on:
      object_created: { bucket: backups, key: "**", set: { by: "*/{set}/", complete: { count: 1001 } } }
    backup_import: { target_instance: cache }
  d:
    on:
      object_created: { bucket: backups, key: "**", set: { by: "{set}", complete: { quiet: 5 } } }
    backup_import: { target_instance: cache }
  e:
    on:
      object_created: { bucket: backups, key: "**", set: { by: "{set}/", complete: { marker: a/b } } }
    backup_import: { target_instance: cache }
  f:
    on:
      object_created: { bucket: backups, key: "**", set: true }
    backup_import: { target_instance: cache }
  g:
    on:
      object_created: { bucket: backups, key: "**", set: { by: "{set}/", complete: { count: 3, manifest: true } } }
    backup_import: { target_instance: cache }
  h:
    on:
      object_created: { bucket: backups, key: "**", set: { by: "{set}/", complete: { manifest: true } } }
    backup_import: { target_instance: cache }
`,
    [
      '8: jobs.a.on.object_created.set.by: must be a prefix such as prod/{set}/: {set} once, no other "{", "}" or "*", and "/" at the end, received the string "prod/"',
      '8: jobs.a.on.object_created.set.complete: must have at least one of marker, count and quiet',
      '16: jobs.b.on.object_created.set.by: must be a prefix such as prod/{set}/: {set} once, no other "{", "}" or "*", and "/" at the end, received the string "{set}/{set}/"',
      '17: jobs.b.on.object_created.set.complete.marker: must be the name of an object, such as _SUCCESS, without "/", received the string "a/b"',
      '17: jobs.b.on.object_created.set.complete.manifest: must be true or false, received the string "yes"',
      '18: jobs.b.on.object_created.set.deadline: must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received the string "soon"',
      '19: jobs.b.on.object_created.set.every: unknown key "every"',
      '23: jobs.c.on.object_created.set.by: must be a prefix such as prod/{set}/: {set} once, no other "{", "}" or "*", and "/" at the end, received the string "*/{set}/"',
      '23: jobs.c.on.object_created.set.complete.count: must be a whole number from 1 to 1000, received 1001',
      '27: jobs.d.on.object_created.set.by: must be a prefix such as prod/{set}/: {set} once, no other "{", "}" or "*", and "/" at the end, received the string "{set}"',
      '27: jobs.d.on.object_created.set.complete.quiet: must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received 5',
      '31: jobs.e.on.object_created.set.complete.marker: must be the name of an object, such as _SUCCESS, without "/", received the string "a/b"',
      '35: jobs.f.on.object_created.set: must be an object with by and complete, received a boolean',
      '39: jobs.g.on.object_created.set.complete.manifest: needs marker: the list of files is the content of that object',
      '43: jobs.h.on.object_created.set.complete: must have at least one of marker, count and quiet',
      '43: jobs.h.on.object_created.set.complete.manifest: needs marker: the list of files is the content of that object',
    ],
  ],
  [
    'policies without a ledger',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
    overlap: latest
    limit: { runs: 5, per: 1h }
`,
    [
      '8: jobs.a.overlap: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '9: jobs.a.limit: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
    ],
  ],
  [
    'policies with wrong values, with a ledger that has problems itself',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
    overlap: skip
    limit:
      runs: 0
      per: 31d
      burst: 5
  b:
    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
    overlap:
    limit: 20
  c:
    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
    limit: { runs: 100001, per: 3600 }
  d:
    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
    limit: {}
ledger: {}
`,
    [
      '8: jobs.a.overlap: must be one of queue, latest, reject, received the string "skip"',
      '10: jobs.a.limit.runs: must be a whole number from 1 to 100000, received 0',
      '11: jobs.a.limit.per: must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received the string "31d"',
      '12: jobs.a.limit.burst: unknown key "burst"',
      '16: jobs.b.overlap: must be one of queue, latest, reject, received nothing',
      '17: jobs.b.limit: must be an object with runs and per, received a number',
      '21: jobs.c.limit.runs: must be a whole number from 1 to 100000, received 100001',
      '21: jobs.c.limit.per: must be a duration from 1s to 30d, such as 30s, 5m, 6h or 7d, received 3600',
      '25: jobs.d.limit.runs: is missing',
      '25: jobs.d.limit.per: is missing',
      '26: ledger.obs: is missing',
    ],
  ],
  [
    'a ledger that is a string',
    `version: 1
region: ap-southeast-3
ledger: ops-ledger
settle_seconds: 0
jobs:
  a:
    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    [
      '3: ledger: must be an object with obs, received a string',
      '4: settle_seconds: must be a whole number from 1 to 3600, received 0',
    ],
  ],
  [
    'a ledger with unknown keys, a bucket in capitals and a prefix with a leading slash',
    `version: 1
region: ap-southeast-3
ledger:
  folder: x
  obs:
    bucket: Ops
    prefix: /migrations/
    region: r
settle_seconds: 3601
jobs:
  a:
    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    [
      '4: ledger.folder: unknown key "folder"',
      '6: ledger.obs.bucket: must be the name of a bucket (3 to 63 lower-case letters, digits, "-" or "."), received the string "Ops"',
      '7: ledger.obs.prefix: must be a prefix such as migrations/ (1 to 200 letters, digits, "_", "." or "-", in segments separated by "/", not starting with "/"), received the string "/migrations/"',
      '8: ledger.obs.region: unknown key "region"',
      '9: settle_seconds: must be a whole number from 1 to 3600, received 3601',
    ],
  ],
  [
    'a ledger without a bucket and prefix',
    `version: 1
region: ap-southeast-3
ledger: { obs: {} }
settle_seconds: 1.5
jobs:
  a:
    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    [
      '3: ledger.obs.bucket: is missing',
      '3: ledger.obs.prefix: is missing',
      '4: settle_seconds: must be a whole number from 1 to 3600, received 1.5',
    ],
  ],
  [
    'jobs that the objects of the ledger would start',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
  b:
    on:
      request: {}
      object_created:
        bucket: backups
        key: "*/ledger/**/*.rdb"
    backup_import: { target_instance: cache, backup_files: { backup_id: b } }
  other-prefix:
    on: { object_created: { bucket: backups, key: "ops/ledgers/**" } }
    backup_import: { target_instance: cache }
  other-bucket:
    on: { object_created: { bucket: backups-2, key: "**" } }
    backup_import: { target_instance: cache }
ledger: { obs: { bucket: backups, prefix: ops/ledger } }
`,
    [
      '6: jobs.a.on.object_created.key: can match what the ledger writes below backups/ops/ledger/, which would start jobs in an endless loop',
      '13: jobs.b.on.object_created.key: can match what the ledger writes below backups/ops/ledger/, which would start jobs in an endless loop',
    ],
  ],
  [
    'latest_of together with the fields that it replaces',
    HEAD +
      `    on: { schedule: { rate: 1h } }
    backup_import:
      target_instance: cache
      backup_files:
        latest_of: cahce
        file_source: self_build_obs
        bucket_name: b
        files: []
        backup_id: b
        copyfirst: false
      backup_target_first: 1
  b:
    on: { schedule: { rate: 1h } }
    backup_import:
      target_instance: cache
      backup_files: { copy_first: false }
`,
    [
      '10: jobs.a.backup_import.backup_files.latest_of: is neither the name of a target nor the id of an instance: "cahce"; did you mean "cache"?',
      '11: jobs.a.backup_import.backup_files.file_source: must be backup_record with latest_of, or left out',
      '12: jobs.a.backup_import.backup_files.bucket_name: cannot be used with latest_of',
      '13: jobs.a.backup_import.backup_files.files: cannot be used with latest_of',
      '14: jobs.a.backup_import.backup_files.backup_id: cannot be used with latest_of',
      '15: jobs.a.backup_import.backup_files.copyfirst: unknown field "copyfirst"; did you mean "copy_first"?',
      '16: jobs.a.backup_import.backup_target_first: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
      '16: jobs.a.backup_import.backup_target_first: must be true or false, received 1',
      '21: jobs.b.backup_import.backup_files.latest_of: is missing',
    ],
  ],
  [
    'an invalid configure of an online migration',
    `ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
` +
      HEAD +
      `    on: { request: {} }
    online_migration:
      vpc_id: v
      subnet_id: s
      security_group_id: g
      configure:
        migration_method: full
        bandwidth_limit_mb: "10241"
        source_instance: { password: hunter2 }
        target_instance: cahce
        method: x
  b:
    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g, configure: { migration_method: full_amount_migration, resume_mode: auto, source_instance: cache, target_instance: { id: x, addrs: "10.0.0.1" } } }
  c:
    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g, configure: full }
`,
    [
      '12: jobs.a.online_migration.configure.resume_mode: is missing',
      '13: jobs.a.online_migration.configure.migration_method: must be "full_amount_migration" or "incremental_migration", received the string "full"',
      '14: jobs.a.online_migration.configure.bandwidth_limit_mb: must be from 1 to 10240, received 10241',
      '15: jobs.a.online_migration.configure.source_instance.password: must be { user_data: NAME }, the name of an encrypted variable of the function; received a string, which is not shown',
      '15: jobs.a.online_migration.configure.source_instance: must have id or addrs',
      '16: jobs.a.online_migration.configure.target_instance: is not the name of a target: "cahce"; did you mean "cache"?',
      '17: jobs.a.online_migration.configure.method: unknown field "method"',
      '20: jobs.b.online_migration.configure.target_instance.addrs: must be ip:port, or several separated by ",", received the string "10.0.0.1"',
      '20: jobs.b.online_migration.configure.target_instance: is the same instance as the source',
      '23: jobs.c.online_migration.configure: must be an object, received a string',
    ],
  ],
  [
    'server migrations with a target',
    `ledger: { obs: { bucket: ops-ledger, prefix: migrations/ } }
` +
      HEAD +
      `    on: { request: {} }
    server_migration:
      source_server: { id: s }
      target: { region: r, server: e }
      exist_server: false
      vm_template_id: t
      target_server: { vm_id: other }
      start: true
      auto_start: true
  b:
    on: { request: {} }
    server_migration: { target: { template: t, server: e } }
  c:
    on: { request: {} }
    server_migration: { source_server: { id: s }, target: { region: r }, start: 1 }
  d:
    on: { request: { accepts: [target] } }
    server_migration: { source_server: { id: s }, target: { region: r, template: t }, target_server: { disks: [ {} ] } }
`,
    [
      '8: jobs.a.server_migration.confirm_format: must be true: the disks of the existing target are formatted and their data is lost',
      '11: jobs.a.server_migration.exist_server: contradicts target; leave it out',
      '12: jobs.a.server_migration.vm_template_id: contradicts target; leave it out',
      '13: jobs.a.server_migration.target_server.vm_id: contradicts target; leave it out',
      '15: jobs.a.server_migration.auto_start: is the same as start: true; give only one of them',
      '18: jobs.b.server_migration.source_server: is missing',
      '18: jobs.b.server_migration.target.region: is missing',
      '18: jobs.b.server_migration.target: must have exactly one of template and server',
      '21: jobs.c.server_migration.start: must be true or false, received 1',
      '21: jobs.c.server_migration.target: must have exactly one of template and server',
      '23: jobs.d.on.request.accepts[0]: is not a field of server_migration: "target"',
      '24: jobs.d.server_migration.target_server.disks[0].name: is missing',
      '24: jobs.d.server_migration.target_server.disks[0].physical_volumes: is missing',
      '24: jobs.d.server_migration.target_server.disks[0].size: is missing',
      '24: jobs.d.server_migration.target_server.disks[0].used_size: is missing',
    ],
  ],
  [
    'a target with a literal password',
    `version: 1
region: ap-southeast-3
targets:
  cache:
    id: x
    password: hunter2
jobs:
  a:
    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
`,
    [
      '6: targets.cache.password: must be { user_data: NAME }, the name of an encrypted variable of the function; received a string, which is not shown',
    ],
  ],
  [
    'targets with wrong values',
    `version: 1
region: ap-southeast-3
targets:
  "bad name": { id: 5 }
  b: x
  c: { id: "", pasword: { user_data: P } }
  d: { id: x, password: { user_data: "1-P" } }
  e: { id: x, password: { user_data: P, more: 1 } }
  f: { id: "{{ job }}" }
jobs:
  a:
    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
`,
    [
      '4: targets.bad name: the name must have 1 to 64 letters, digits, "_", "." or "-", the first a letter or digit',
      '4: targets.bad name.id: must be a string, received 5',
      '5: targets.b: must be an object, received a string',
      '6: targets.c.pasword: unknown field "pasword"; did you mean "password"?',
      '6: targets.c.id: must have at least 1 character, has 0',
      '7: targets.d.password.user_data: must be the name of a variable: a letter, then letters, digits and "_"; received a value that is not shown',
      '8: targets.e.password: must be { user_data: NAME }, the name of an encrypted variable of the function; received an object, which is not shown',
      '9: targets.f.id: placeholders are not filled here',
      '13: jobs.a.backup_import.target_instance: is not the name of a target: "cache"',
    ],
  ],
  [
    'a job name in capitals',
    `version: 1
region: ap-southeast-3
jobs:
  Restore_Staging:
    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['4: jobs.Restore_Staging: the name must have 1 to 40 lower-case letters, digits or "-", the first a letter'],
  ],
  [
    'a job name of 41 characters',
    `version: 1
region: ap-southeast-3
jobs:
  aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:
    on: { request: {} }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    [
      '4: jobs.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: the name must have 1 to 40 lower-case letters, digits or "-", the first a letter',
    ],
  ],
  [
    'a job that is a string',
    `version: 1
region: ap-southeast-3
jobs:
  a: restore
`,
    ['4: jobs.a: must be an object with "on" and an action, received a string'],
  ],
  [
    'an empty job',
    HEAD +
      `    {}
`,
    [
      '5: jobs.a.on: is missing',
      '5: jobs.a: must have exactly one of backup_import, online_migration, server_migration; it has none',
    ],
  ],
  [
    'no action',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
`,
    ['5: jobs.a: must have exactly one of backup_import, online_migration, server_migration; it has none'],
  ],
  [
    'two actions',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    [
      '5: jobs.a: must have exactly one of backup_import, online_migration, server_migration; it has backup_import and online_migration',
    ],
  ],
  [
    'an action with a typo in its name',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup-import: { target_instance: cache }
`,
    ['7: jobs.a.backup-import: unknown key "backup-import"; did you mean "backup_import"?'],
  ],
  [
    'no trigger',
    HEAD +
      `    on: {}
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['6: jobs.a.on: must have at least one of object_created, schedule, request'],
  ],
  [
    'an unknown trigger',
    HEAD +
      `    on: { object_create: { bucket: backups, key: x } }
    backup_import: { target_instance: cache }
`,
    ['6: jobs.a.on.object_create: unknown key "object_create"; did you mean "object_created"?'],
  ],
  [
    'an empty request',
    HEAD +
      `    on:
      request:
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['7: jobs.a.on.request: must be an object, {} when callers may set nothing, received nothing'],
  ],
  [
    'a bucket in capitals and an empty key',
    HEAD +
      `    on: { object_created: { bucket: Backups, key: "" } }
    backup_import: { target_instance: cache }
`,
    [
      '6: jobs.a.on.object_created.bucket: must be the name of a bucket (3 to 63 lower-case letters, digits, "-" or "."), received the string "Backups"',
      '6: jobs.a.on.object_created.key: is empty; "**" matches every key',
    ],
  ],
  [
    'an empty object trigger',
    HEAD +
      `    on: { object_created: {} }
    backup_import: { target_instance: cache }
`,
    ['6: jobs.a.on.object_created.bucket: is missing', '6: jobs.a.on.object_created.key: is missing'],
  ],
  [
    'invalid globs: ** next to other characters',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "prod/**.rdb" } }
    backup_import: { target_instance: cache }
`,
    ['6: jobs.a.on.object_created.key: has "**" next to other characters in "**.rdb"; "**" must be a whole segment'],
  ],
  [
    'a glob with a leading slash',
    HEAD +
      `    on: { object_created: { bucket: backups, key: /prod/x } }
    backup_import: { target_instance: cache }
`,
    [
      '6: jobs.a.on.object_created.key: begins with "/", but keys do not; write "prod/x" (to match keys that do, begin with "*/")',
    ],
  ],
  [
    'a bucket that is a number',
    HEAD +
      `    on: { object_created: { bucket: 123, key: [x] } }
    backup_import: { target_instance: cache }
`,
    [
      '6: jobs.a.on.object_created.bucket: must be a string, received 123',
      '6: jobs.a.on.object_created.key: must be a string, received a list',
    ],
  ],
  [
    'a five-field cron',
    HEAD +
      `    on: { schedule: { cron: "0 2 * * *" } }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['6: jobs.a.on.schedule.cron: has five fields, but FunctionGraph expects six, with seconds first: "0 0 2 * * *"'],
  ],
  [
    'a cron with L',
    HEAD +
      `    on: { schedule: { cron: "0 0 2 L * ?" } }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['6: jobs.a.on.schedule.cron: day of month: "L": FunctionGraph does not support L, W or #'],
  ],
  [
    'a cron that never fires',
    HEAD +
      `    on: { schedule: { cron: "0 0 2 30 2 ?" } }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['6: jobs.a.on.schedule.cron: never fires: none of these months has such a day'],
  ],
  [
    'a cron in an unknown zone',
    HEAD +
      `    on: { schedule: { cron: "CRON_TZ=Berlin 0 0 2 * * ?" } }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['6: jobs.a.on.schedule.cron: CRON_TZ=Berlin is not a time zone; write one such as Europe/Berlin'],
  ],
  [
    'cron and rate together',
    HEAD +
      `    on: { schedule: { cron: "0 0 2 * * ?", rate: 1h } }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['6: jobs.a.on.schedule: must have exactly one of cron and rate'],
  ],
  [
    'neither cron nor rate',
    HEAD +
      `    on: { schedule: { every: 1h } }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    [
      '6: jobs.a.on.schedule.every: unknown key "every"',
      '6: jobs.a.on.schedule: must have exactly one of cron and rate',
    ],
  ],
  [
    'a rate of 61 minutes',
    HEAD +
      `    on: { schedule: { rate: 61m } }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['6: jobs.a.on.schedule.rate: must be at most 60 minutes'],
  ],
  [
    'a rate without a unit',
    HEAD +
      `    on: { schedule: { rate: 30 } }
    online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }
`,
    ['6: jobs.a.on.schedule.rate: must be a string, received 30'],
  ],
  [
    'accepts that is not a list',
    HEAD +
      `    on: { request: { accepts: backup_files } }
    backup_import: { target_instance: cache, backup_files: { backup_id: b } }
`,
    ['6: jobs.a.on.request.accepts: must be a list of field names, received a string'],
  ],
  [
    'accepts with unknown, secret, duplicate and invalid names',
    HEAD +
      `    on:
      request:
        accepts: [backup_file, source_instance, description, description, 5]
    backup_import: { target_instance: cache, backup_files: { backup_id: b } }
`,
    [
      '8: jobs.a.on.request.accepts[0]: is not a field of backup_import: "backup_file"; did you mean "backup_files"?',
      '8: jobs.a.on.request.accepts[1]: source_instance contains a password, which callers must not send',
      '8: jobs.a.on.request.accepts[3]: lists "description" twice',
      '8: jobs.a.on.request.accepts[4]: must be a string, received 5',
    ],
  ],
  [
    'an unknown target',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cahce }
`,
    ['7: jobs.a.backup_import.target_instance: is not the name of a target: "cahce"; did you mean "cache"?'],
  ],
  [
    'a literal password in an inline target',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import:
      target_instance:
        id: x
        password: hunter2
`,
    [
      '10: jobs.a.backup_import.target_instance.password: must be { user_data: NAME }, the name of an encrypted variable of the function; received a string, which is not shown',
    ],
  ],
  [
    'a target instance without an id',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: { name: x } }
`,
    ['7: jobs.a.backup_import.target_instance.id: is missing'],
  ],
  [
    'an import by a timer without files',
    HEAD +
      `    on: { schedule: { rate: 1h } }
    backup_import: { target_instance: cache }
`,
    ['7: jobs.a.backup_import.backup_files: is missing'],
  ],
  [
    'an import by object and request without files for the request',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" }, request: {} }
    backup_import: { target_instance: cache }
`,
    ['7: jobs.a.backup_import.backup_files: is missing: runs started by request would have none'],
  ],
  [
    'OBS files without a bucket, with a backup id',
    HEAD +
      `    on: { schedule: { rate: 1h } }
    backup_import:
      target_instance: cache
      backup_files:
        file_source: self_build_obs
        backup_id: b
        files: []
`,
    [
      '9: jobs.a.backup_import.backup_files.bucket_name: is missing: required with file_source self_build_obs',
      '11: jobs.a.backup_import.backup_files.backup_id: cannot be used with file_source self_build_obs',
      '12: jobs.a.backup_import.backup_files.files: must have at least 1 item, has 0',
    ],
  ],
  [
    'a backup record with files',
    HEAD +
      `    on: { schedule: { rate: 1h } }
    backup_import:
      target_instance: cache
      backup_files: { file_source: backup_record, files: [ { file_name: f } ] }
`,
    [
      '9: jobs.a.backup_import.backup_files.backup_id: is missing: required with file_source backup_record',
      '9: jobs.a.backup_import.backup_files.files: cannot be used with file_source backup_record',
    ],
  ],
  [
    'wrong values of enums',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import:
      target_instance: cache
      migration_method: full
      network_type: lan
      description: 5
`,
    [
      '9: jobs.a.backup_import.migration_method: must be "full_amount_migration" or "incremental_migration", received the string "full"',
      '10: jobs.a.backup_import.network_type: must be "vpc" or "vpn" or "VPC" or "VPN", received the string "lan"',
      '11: jobs.a.backup_import.description: must be a string, received 5',
    ],
  ],
  [
    'online_migration as the type of an import',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache, migration_type: online_migration }
`,
    [
      '7: jobs.a.backup_import.migration_type: online_migration is no longer supported by this operation; use the action online_migration instead',
    ],
  ],
  [
    'a field of the SDK in camel case',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import: { target_instance: cache, taskName: x, constructor: y, __proto__: z }
`,
    [
      '7: jobs.a.backup_import.taskName: unknown field "taskName"; did you mean "task_name"?',
      '7: jobs.a.backup_import.constructor: unknown field "constructor"',
      '7: jobs.a.backup_import.__proto__: unknown field "__proto__"',
    ],
  ],
  [
    'an empty online migration',
    HEAD +
      `    on: { request: {} }
    online_migration: {}
`,
    [
      '7: jobs.a.online_migration.vpc_id: is missing',
      '7: jobs.a.online_migration.subnet_id: is missing',
      '7: jobs.a.online_migration.security_group_id: is missing',
    ],
  ],
  [
    'an online migration with empty ids',
    HEAD +
      `    on: { request: {} }
    online_migration: { vpc_id: "", subnet_id: "", security_group_id: null }
`,
    [
      '7: jobs.a.online_migration.vpc_id: must have at least 1 character, has 0',
      '7: jobs.a.online_migration.subnet_id: must have at least 1 character, has 0',
      '7: jobs.a.online_migration.security_group_id: must be a string, received nothing',
    ],
  ],
  [
    'an unknown placeholder and a malformed one',
    HEAD +
      `    on: { object_created: { bucket: backups, key: "**" } }
    backup_import:
      target_instance: cache
      task_name: "{{ object.size_mb }}"
      description: "{{ object.key"
`,
    [
      '9: jobs.a.backup_import.task_name: unknown placeholder {{ object.size_mb }}; use one of object.bucket, object.key, object.name, object.size, object.version, time.iso, time.date, job, request.body.<field>, request.query.<field>',
      '10: jobs.a.backup_import.description: has "{{" without "}}" after it',
    ],
  ],
  [
    'a placeholder that no trigger can fill',
    HEAD +
      `    on: { schedule: { rate: 1h } }
    online_migration:
      vpc_id: "{{ object.key }}"
      subnet_id: "{{ request.body.subnet }}"
      security_group_id: g
`,
    [
      '8: jobs.a.online_migration.vpc_id: {{ object.key }} has no value: the job has no object_created trigger',
      '9: jobs.a.online_migration.subnet_id: {{ request.body.subnet }} has no value: the job has no request trigger',
    ],
  ],
  [
    'a placeholder for a password',
    HEAD +
      `    on: { request: {} }
    online_migration: { vpc_id: "{{ request.body.password }}", subnet_id: s, security_group_id: g }
`,
    ['7: jobs.a.online_migration.vpc_id: {{ request.body.password }}: callers must not send passwords'],
  ],
  [
    'a placeholder instead of a number',
    HEAD +
      `    on: { request: {} }
    server_migration:
      type: MIGRATE_FILE
      os_type: LINUX
      source_server: { id: x }
      target_server: { name: "", vm_id: "", disks: [] }
      region_name: r
      region_id: r
      project_name: p
      project_id: p
      speed_limit: "{{ request.body.speed }}"
      syncing: "{{ request.body.sync }}"
`,
    [
      '16: jobs.a.server_migration.speed_limit: must be a whole number, received the string "{{ request.body.speed }}" (write it without quotes; placeholders always give strings)',
      '17: jobs.a.server_migration.syncing: must be true or false, received the string "{{ request.body.sync }}"',
    ],
  ],
  [
    'an empty server migration',
    HEAD +
      `    on: { request: {} }
    server_migration: {}
`,
    [
      '7: jobs.a.server_migration.type: is missing',
      '7: jobs.a.server_migration.os_type: is missing',
      '7: jobs.a.server_migration.source_server: is missing',
      '7: jobs.a.server_migration.target_server: is missing',
      '7: jobs.a.server_migration.region_name: is missing',
      '7: jobs.a.server_migration.region_id: is missing',
      '7: jobs.a.server_migration.project_name: is missing',
      '7: jobs.a.server_migration.project_id: is missing',
    ],
  ],
  [
    'a server migration with wrong numbers and spellings',
    HEAD +
      `    on: { request: {} }
    server_migration:
      type: MIGRATE
      os_type: Linux
      source_server: {}
      target_server:
        name: n
        vm_id: v
        disks:
          - name: /dev/vda
            size: 9223372036854775807
            used_size: -1
            physical_volumes: [ { index: 1.5, uuid: 5 } ]
            device_use: ROOT
        btrfs_list: [ x ]
      region_name: r
      region_id: r
      project_name: p
      project_id: p
      speed_limit: 10001
      priority: "1"
      over_speed_threshold: 100.5
      is_need_consistency_check: true
      is_need_consistency_result: true
      start: true
`,
    [
      '8: jobs.a.server_migration.type: must be "MIGRATE_FILE" or "MIGRATE_BLOCK", received the string "MIGRATE"',
      '9: jobs.a.server_migration.os_type: must be "WINDOWS" or "LINUX", received the string "Linux"',
      '10: jobs.a.server_migration.source_server.id: is missing',
      '16: jobs.a.server_migration.target_server.disks[0].size: is larger than 9007199254740991, the largest whole number that can be sent without rounding',
      '17: jobs.a.server_migration.target_server.disks[0].used_size: must be from 0 to 9007199254740991, received -1',
      '18: jobs.a.server_migration.target_server.disks[0].physical_volumes[0].index: must be a whole number, received 1.5',
      '18: jobs.a.server_migration.target_server.disks[0].physical_volumes[0].uuid: must be a string, received 5',
      '19: jobs.a.server_migration.target_server.disks[0].device_use: must be "NORMAL" or "OS" or "BOOT", received the string "ROOT"',
      '20: jobs.a.server_migration.target_server.btrfs_list[0]: must be an object, received a string',
      '25: jobs.a.server_migration.speed_limit: must be from 0 to 10000, received 10001',
      '26: jobs.a.server_migration.priority: must be a whole number, received the string "1" (write it without quotes; placeholders always give strings)',
      '27: jobs.a.server_migration.over_speed_threshold: must be from 0 to 100, received 100.5',
      '29: jobs.a.server_migration.is_need_consistency_result: is the same as is_need_consistency_check: give only that one',
      '30: jobs.a.server_migration.start: needs a ledger, and the file has none; add ledger: { obs: { bucket, prefix } }',
    ],
  ],
];

async function problemsOf(text: string): Promise<string[]> {
  try {
    await parseJobs(text, 'yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, path, message }) => `${line ?? '-'}: ${formatPath(path)}: ${message}`);
  }
}

describe("a ledger's prefix", () => {
  const file = (prefix: string) => `${HEAD}    on: { object_created: { bucket: backups, key: "prod/**" } }
    backup_import: { target_instance: cache }
ledger: { obs: { bucket: backups, prefix: ${JSON.stringify(prefix)} } }
`;

  it.each(['a', 'a/', 'migrations/v1.0/_x-y/', '.a/', 'a'.repeat(200)])('may be %j', async (prefix) => {
    expect(await problemsOf(file(prefix))).toEqual([]);
  });

  it.each(['', '/', '/a/', 'a//', 'a//b', 'a b/', 'a/../b', './a', '..', 'ä/', 'a*/', 'a\n', 'a'.repeat(201)])(
    'may not be %j',
    async (prefix) => {
      expect(await problemsOf(file(prefix))).toEqual([
        expect.stringMatching(/^8: ledger\.obs\.prefix: must be a prefix such as migrations\/ \(1 to 200 letters, /),
      ]);
    },
  );
});

describe('a bad jobs file', () => {
  it.each(BAD_FILES)('reports everything that is wrong with %s', async (_, text, problems) => {
    expect(await problemsOf(text)).toEqual(problems);
  });

  it('is never shown where a secret may be', async () => {
    for (const [, text] of BAD_FILES) {
      const problems = await problemsOf(text);

      expect(problems.join()).not.toMatch(/hunter2|1-P/);
    }
  });
});
