/** The meaning and remedy of one of our codes, for docs/errors.md. */
export interface CodeEntry {
  /** What happened, and why. */
  readonly meaning: string;
  /** What to do about it. */
  readonly remedy: string;
}

const NO_ACTION = 'No action needed.';
const CONTINUES = 'No action needed: it continues by itself.';
const REPORT_BUG = 'This is a bug: keep the log of the request and report it.';
const CHECK_CONSOLE =
  'No action needed for a few minutes: the function checks whether the call took effect. If the code stays, check the service in its console.';

/** `reason.code` of a run, beside the cloud's own codes. They never change their meaning, because ledgers record them. */
export const RUN_CODES = {
  // Skipped: there was nothing to do.
  no_records: {
    meaning: 'The message contains no object. OBS sends one as a test when a notification is set up.',
    remedy: NO_ACTION,
  },
  ledger_object: { meaning: 'The object belongs to the ledger and starts nothing.', remedy: NO_ACTION },
  probe_object: {
    meaning: 'The object was written by `npx migrations probe --with-event` and starts nothing.',
    remedy: NO_ACTION,
  },
  object_removed: { meaning: 'The object was removed; there is nothing to import.', remedy: NO_ACTION },
  folder: { meaning: 'The key ends in `/` and the object is empty: it is a folder.', remedy: NO_ACTION },
  no_job_matches: {
    meaning: "No job's bucket and key match the object.",
    remedy: 'If one should match, run `npx migrations explain`: it shows for each job why it does not.',
  },
  no_set: {
    meaning: 'The key matches but belongs to no set of the job (`set.by`).',
    remedy: 'Upload it below the prefix of a set, or change `set.by`.',
  },
  object_gone: {
    meaning:
      'The object of the event is not in its bucket: two lookups, `settle_seconds` apart, did not find it. It was deleted or moved before it was imported.',
    remedy: 'If it should still be imported, upload it again: that is a new event.',
  },
  late_member: {
    meaning: 'The object arrived after its set had started its run.',
    remedy:
      '`npx migrations runs replay --even-succeeded` of that run lists the set again. Make the next set wait for all of its files: add a `count`, a `quiet` time or a `manifest` to the marker.',
  },
  superseded: {
    meaning:
      'A newer version of the object has landed, or a newer run replaced this one: with `overlap: latest`, or by a newer tick while an online migration has the target.',
    remedy: NO_ACTION,
  },
  not_scheduled: {
    meaning: 'The timer names a job that has no `schedule`.',
    remedy:
      'Correct the user event of the trigger, or give the job a `schedule`. `npx serverless deploy` keeps the two in step.',
  },
  no_such_job: {
    meaning: 'The timer or the path names a job that is not in the jobs file.',
    remedy: 'Correct the name, or deploy the jobs file that has the job.',
  },

  // Waiting: nothing was created, and the run continues later.
  queued: {
    meaning:
      'Another run has the target; the message names it: in `runs list` and `runs show` the one that has it now, in the webhook and in histories the one that had it when the run began to wait.',
    remedy: CONTINUES,
  },
  target_in_online_migration: {
    meaning:
      'An online migration into the target is in its incremental phase, which does not end by itself; the message names its run. `notify` reports it as `waiting` at once.',
    remedy: 'No action needed, or stop that migration once its data is complete: this run then continues by itself.',
  },
  paused: {
    meaning: 'Someone paused the job, or all jobs; the message says which, who, since when and why.',
    remedy: 'Resume what it names: `npx migrations resume <job>`, or `npx migrations resume` for all.',
  },
  over_budget: {
    meaning: "The job's `limit` is used up in this window.",
    remedy: `${CONTINUES} Or raise \`limit\` for later runs.`,
  },
  too_many_waiting: {
    meaning: 'A hundred requests of the job are already waiting, so this one was not accepted. Nothing was recorded.',
    remedy: 'Send it again later. If it keeps happening, see what they wait for: `npx migrations runs list --open`.',
  },
  in_progress: { meaning: 'Another invocation is handling this run.', remedy: CONTINUES },
  out_of_time: {
    meaning: 'The invocation had no time left for it.',
    remedy: 'With a ledger, no action needed. If it happens at every tick, give the function a longer `timeout`.',
  },
  backup_running: {
    meaning: 'The backup that the run needs first is being taken. This takes 5 to 30 minutes.',
    remedy: CONTINUES,
  },
  set_incomplete: {
    meaning: 'Objects of the set are missing; the message says what it waits for.',
    remedy: 'Upload them. After `set.deadline` the set is reported as `missed`.',
  },
  bad_manifest: {
    meaning:
      "The list of files in the set's marker can't be used (`complete.manifest`); the message says why. This is final.",
    remedy: 'Upload the marker again with the right list: its new version completes the set.',
  },
  ledger: {
    meaning: 'The ledger could not be read or written. Nothing is created without it.',
    remedy:
      "See the message: the bucket's permissions, its region, or a bucket that can't be appended to. For `is not a record`, see the runbook: a record cannot be read.",
  },
  internal: { meaning: 'A bug; its details are only in the log.', remedy: REPORT_BUG },

  // Not known, or someone has to check.
  lost_answer: { meaning: 'A changing call was sent, and no usable response came back.', remedy: CHECK_CONSOLE },
  parked: {
    meaning:
      'For too long it was unknown whether a create call took effect, or the run could not be prepared; or someone parked it.',
    remedy: 'Check whether the task exists, and record what you found: [parked](runbook.md#parked).',
  },
  unreadable: {
    meaning: 'The list of tasks, or the state of a task, cannot be read at the moment.',
    remedy: CONTINUES,
  },
  unknown_state: {
    meaning: 'The service reports an unknown state of the task. Nothing is sent while it lasts.',
    remedy: 'Check the task in the console. If the state stays, report its name.',
  },
  being_made: {
    meaning: 'DCS is still creating the machine of the online migration, which cannot be stopped yet.',
    remedy: 'Cancel again in a few minutes.',
  },
  copy_backup: {
    meaning: 'The fresh backup (`copy_first`) is being taken, or its outcome is being checked.',
    remedy: CONTINUES,
  },
  backup_target: {
    meaning: 'The backup of the target (`backup_target_first`) is being taken, or its outcome is being checked.',
    remedy: CONTINUES,
  },
  configure: {
    meaning: 'The online migration is being configured, or the outcome is being checked.',
    remedy: CONTINUES,
  },
  start: { meaning: 'The server migration is being started, or the outcome is being checked.', remedy: CONTINUES },
  stop: { meaning: 'The task is being stopped, or the outcome is being checked.', remedy: CONTINUES },
  cancel: { meaning: 'The task is being stopped for a caller, or the outcome is being checked.', remedy: CONTINUES },
  release: {
    meaning: 'The online task is being deleted (`on_failure: release`), or the outcome is being checked.',
    remedy: CONTINUES,
  },
  stuck: {
    meaning: "The task has not ended within the job's `deadline`. It is still followed.",
    remedy: 'See [the task is stuck](runbook.md#the-task-is-stuck).',
  },

  instance_busy: {
    meaning:
      'The target, a DCS instance or an ECS, is restarting, restoring, being resized or otherwise busy. The run keeps its turn.',
    remedy: 'No action needed. If it lasts, check the target in its console.',
  },
  source_busy: {
    meaning: 'The source instance is restarting, restoring or otherwise busy.',
    remedy: 'No action needed. If it lasts, check the instance in the DCS console.',
  },
  agent_absent: {
    meaning: 'The Agent of the source server is not connected to SMS, or has not reported its disks yet.',
    remedy: 'Make sure that the Agent runs on the source server and can reach SMS.',
  },
  file_missing: {
    meaning:
      'A file to import is not in its bucket; the message names both. The run waits for it, unless a caller named it. If it is the object of the event, a second lookup decides.',
    remedy: 'Upload it, and the run continues by itself; or correct its name in the jobs file or the request.',
  },
  key_unreadable: {
    meaning:
      'The key of the event can be read in two ways (`OBJECT_KEYS: auto`), and the function is not allowed to check the bucket for either.',
    remedy:
      'Allow the agency `obs:object:GetObject` and `obs:bucket:ListBucket` on the bucket, and the run continues by itself; or set `OBJECT_KEYS` to how keys are written.',
  },

  // Refused: nothing was created.
  missing_value: {
    meaning: 'A placeholder has no value in what started the run.',
    remedy: 'Send it with the request, or change the placeholder; the message names the field.',
  },
  invalid_fields: {
    meaning: "A field is missing, not accepted, or outside the API's limits; the message names each.",
    remedy: 'Correct the jobs file or the request.',
  },
  secret_unavailable: {
    meaning:
      'A secret in DEW cannot be read: it does not exist or is disabled (400, 404), a permission is missing (403), or DEW fails or does not respond. The message says which.',
    remedy:
      'The run continues by itself once the secret can be read. Create or enable it in DEW, correct its name, or allow the agency `csms:secretVersion:get` and `kms:dek:decrypt`: [permissions](permissions.md).',
  },
  secret_key_missing: {
    meaning:
      'A secret in DEW is not a JSON object, or has no string under the key that the jobs file names; the message names both. This is final.',
    remedy: 'Correct the secret in DEW, or `key` in the jobs file, and replay the run.',
  },
  secret_missing: {
    meaning: 'The function has no variable with the name that a secret refers to.',
    remedy: 'Set it in the environment or `.env`, and deploy.',
  },
  bad_secret: {
    meaning:
      'The value of a secret contains a line break or a control character; or, in DEW, it is empty or binary. The message names the secret.',
    remedy:
      'Set it again without the line break: in the environment or `.env`, and deploy; or in DEW, which needs no deploy. Then replay the run.',
  },
  preflight: {
    meaning: 'Preflight found problems that would make the task fail; the message lists all of them.',
    remedy: 'Fix them, then run `npx migrations runs replay`. `preflight: warn` only warns.',
  },
  no_backup: {
    meaning: '`latest_of`: the instance has no usable backup.',
    remedy: 'Take one, or set `copy_first: true`.',
  },
  backup_failed: {
    meaning: 'The backup that the run needed failed.',
    remedy: 'Check the instance in the DCS console, then replay the run.',
  },
  source_has_task: {
    meaning: 'The source server already has another task; the message names it. A source server can have only one.',
    remedy: 'Finish or delete that task in the SMS console, then replay the run.',
  },
  target_busy: {
    meaning: 'Another run has the target, and the job has `overlap: reject`.',
    remedy: 'Try later, or let the run wait: `overlap: queue`.',
  },
  other_environment: {
    meaning:
      'In the ledger, this run, set, sweep or list of pauses belongs to another region, project or stage, or names none. Nothing is created, recorded or changed.',
    remedy:
      'Give each region, project and stage its own `ledger.obs.prefix`; or set `MIGRATIONS_STAGE` to the intended stage: [two environments on one ledger](runbook.md#two-environments-on-one-ledger).',
  },
  key_reused: {
    meaning: 'The same idempotency key was sent with other fields. The first run is unchanged.',
    remedy: 'Send a new key for a new request.',
  },
  no_ledger: {
    meaning: 'The job needs a ledger, and none is configured.',
    remedy: 'Add `ledger` to the jobs file, and deploy.',
  },
  dry_run: {
    meaning: 'The job has `dry_run: true`. `details` contains what would be sent.',
    remedy: 'Remove `dry_run` when it looks right.',
  },
  given_up: { meaning: 'Someone gave the run up; the message says why.', remedy: NO_ACTION },
  run_now: {
    meaning: "An operator let the run start although its job's `limit` was used up; the message says why.",
    remedy: NO_ACTION,
  },
  forgotten: {
    meaning: 'Someone stopped following the run. If it has a task, that task continues.',
    remedy: NO_ACTION,
  },
  cancelled: { meaning: 'A caller or an operator cancelled the run; its history says who.', remedy: NO_ACTION },
  key_not_utf8: {
    meaning: "The object's key in the event is not valid UTF-8 after form decoding. No OBS object has such a key.",
    remedy:
      'If this route does not encode keys, set `OBJECT_KEYS`, for example `eventgrid=raw`. Then send the event again: `npx migrations refeed`.',
  },
  event: {
    meaning: 'The event, or a record in it, is not what the function expects; the message says where.',
    remedy: 'Check what is connected to the function. `npx migrations explain` reads an event that you saved.',
  },

  // Ended without success.
  task_failed: {
    meaning: 'The service reports that the task failed; the message has its reason.',
    remedy: "Fix the cause, then replay the run. The service's code is in [its table](#codes-of-the-cloud).",
  },
  task_stopped: {
    meaning: 'The task was stopped, by someone or by the service.',
    remedy: 'If this was not intended, check the service, then replay the run.',
  },
  task_gone: {
    meaning: 'The task no longer exists in the service: someone deleted it.',
    remedy: 'If this was not intended, replay the run.',
  },
} as const satisfies Record<string, CodeEntry>;

/** What a command reports about a run that it can't change. Nothing was recorded. */
export const COMMAND_CODES = {
  usage: {
    meaning: "The command line can't be parsed, or nobody was there to confirm. Exit code 2.",
    remedy: '`--help` lists the options; `--yes` confirms.',
  },
  no_such_run: {
    meaning: 'The run was not found in the ledger.',
    remedy: 'List the runs: `npx migrations runs list`. Check that it is the right ledger (`--local`, `--cloud`).',
  },
  no_such_lane: {
    meaning: 'The lane was not found in the ledger: no run of that target was ever recorded.',
    remedy: '`npx migrations runs lanes` lists them. Check that it is the right ledger (`--local`, `--cloud`).',
  },
  lane_changed: {
    meaning: 'The lane was written to while it was being repaired.',
    remedy: 'Check it again (`npx migrations runs lanes`), and repeat.',
  },
  ended: {
    meaning: 'The run has ended, and that is final.',
    remedy: 'For another attempt, start a new run: `npx migrations runs replay`.',
  },
  in_progress: {
    meaning: 'An invocation is handling the run.',
    remedy: 'Try again after the time in the message.',
  },
  not_parked: {
    meaning: '`try-again` is for parked runs; this one continues by itself.',
    remedy: 'Wait, or use `npx migrations runs forget`.',
  },
  parked_already: {
    meaning: 'Someone has already parked the run.',
    remedy: '`npx migrations runs resolve` ends it.',
  },
  not_over_budget: {
    meaning: "`run-now` is for a run that waits because its job's `limit` is used up; this one does not.",
    remedy: '`npx migrations runs show` says what it waits for, and what you can do.',
  },
  has_task: {
    meaning: 'The run has its task, so parking would not hold anything back.',
    remedy: '`npx migrations runs cancel` stops its task; `npx migrations runs forget` only stops following it.',
  },
  may_have_task: {
    meaning: 'The run may have a task, so a replay could create a second one.',
    remedy: 'Check the console for its task. If you want another attempt anyway: `--even-succeeded`.',
  },
  open: {
    meaning: 'The run is not settled.',
    remedy: 'Wait for it, or resolve, park or forget it; then replay.',
  },
  succeeded: { meaning: 'The run has succeeded.', remedy: 'If you want it again: `--even-succeeded`.' },
  no_trigger: {
    meaning:
      'The run was recorded by a version that did not keep what started it; or, for `explain`, the job has no such trigger.',
    remedy: 'Start it with a new event.',
  },
  trigger_gone: {
    meaning: 'In the jobs file, such an event no longer starts the job.',
    remedy: 'Give the job that trigger again, or start it with an event of a trigger that it has.',
  },
  no_such_set: {
    meaning: 'The set was not found in the ledger: no event of its objects has arrived.',
    remedy:
      '`npx migrations runs list` shows the open sets. If its objects are in the bucket, see docs/runbook.md#nothing-happens-when-i-upload.',
  },
  set_not_listed: {
    meaning:
      "The files of a set could not be listed again, or its manifest could not be read; the message has the cloud's response.",
    remedy: 'Use keys that may list and read the bucket, then try again.',
  },
  other_format: {
    meaning: 'The run has a format that this version does not know.',
    remedy: 'Use the version that wrote it: [upgrading](upgrade.md).',
  },
  no_such_job: {
    meaning: 'The job is not in the jobs file, or not any more.',
    remedy: 'Correct the name, or add the job again.',
  },
} as const satisfies Record<string, CodeEntry>;

/** `code` of errors that concern a whole function, command or deploy. */
export const ERROR_CODES = {
  ledger_forked: {
    meaning:
      'Two functions appended to a list of the ledger at the same position, and OBS refused neither: its appends are not atomic here. Both may have acted on the run or the target that the list is of.',
    remedy:
      'Look for two tasks of the run, or two running tasks of the target, in the console, and delete one. Report it. Until it is clarified with OBS, `maxInstances: 1` for each function makes it rarer.',
  },
  late_task: {
    meaning:
      'The list of tasks has two tasks of one run, which have the same name. The list did not show the first one within `settle_seconds`, so the create call was sent again.',
    remedy:
      'Delete the task that the run does not name (`npx migrations runs show`), and set `settle_seconds` higher than the time after which the list shows a new task.',
  },
  config: {
    meaning: 'The jobs file, a setting or the keys are wrong or missing. No event can be handled.',
    remedy: 'The message names each problem and its place. Run `npx migrations check`, then deploy.',
  },
  event: {
    meaning: 'The event is not what the function expects. A retry does not help.',
    remedy: 'Check what is connected to the function.',
  },
  runs_failed: {
    meaning:
      'The function fails on purpose: a run was refused, or needs another attempt that no ledger records. The message ends with the result as JSON.',
    remedy: 'See the reason of each run in it. Runs that succeeded are kept.',
  },
  ledger: {
    meaning: 'The ledger could not be read or written.',
    remedy: "See the message: permissions, region, or a bucket that can't be appended to.",
  },
  deploy: {
    meaning: 'A step of a deploy failed. The message names the function, the step, the code and what to do.',
    remedy: 'Do that, and run the same command again: it continues from there.',
  },
  unwritable: {
    meaning: 'A requested file could not be written; the message has the system’s code.',
    remedy: 'Check the path and its permissions.',
  },
  local_run: {
    meaning: 'The function could not be run in the local FunctionGraph.',
    remedy: 'See the message. In a clone, `npm run build` builds the functions again.',
  },
  service_file: {
    meaning: '`serverless.yml` has problems, or does not fit `migrations.yml`; all are listed.',
    remedy: 'Correct them. Nothing was sent.',
  },
} as const satisfies Record<string, CodeEntry>;

/** Our codes for calls to the cloud that got no code from it: nothing was sent, or the response can't be used. */
export const CALL_CODES = {
  keys_refused: {
    meaning:
      'The cloud responded to these keys with 401: just now and without a code, or less than five minutes ago. Until then nothing but records of the ledger is sent with them, because more refusals lock a key.',
    remedy: 'Fix the agency (or the keys), and wait five minutes. With a ledger, runs continue by themselves.',
  },
  out_of_time: { meaning: 'The invocation had no time left for the call. Nothing was sent.', remedy: CONTINUES },
  request_not_built: { meaning: 'The request could not be built. Nothing was sent.', remedy: REPORT_BUG },
  sent_again: { meaning: 'A second attempt to send the same request was blocked.', remedy: REPORT_BUG },
  bad_id: {
    meaning: 'An id that would become part of a path is not valid. Nothing was sent.',
    remedy: 'Correct the id in the jobs file or the request.',
  },
  bad_remark: {
    meaning: 'The remark of a backup is too long or not printable. Nothing was sent.',
    remedy: REPORT_BUG,
  },
  bad_message: {
    meaning:
      'A message to SMN is too large or has no usable subject, or a request to CES is too large. Nothing was sent.',
    remedy: REPORT_BUG,
  },
  bad_topic: { meaning: 'The URN of the topic is not valid. Nothing was sent.', remedy: 'Correct `notify.smn`.' },
  bad_time: { meaning: 'The time in a condition for OBS is not valid. Nothing was sent.', remedy: REPORT_BUG },
  no_usable_answer: { meaning: 'The response of OBS could not be parsed.', remedy: CHECK_CONSOLE },
  no_size: {
    meaning: 'OBS sent an object without its size.',
    remedy: CHECK_CONSOLE,
  },
  no_request_id: {
    meaning: 'The response has no request id, so it is not from OBS but from something in between, such as a proxy.',
    remedy: 'Check `HUAWEICLOUD_OBS_ENDPOINT` and the network.',
  },
  no_content: { meaning: 'The response is empty where the service documents a body.', remedy: CHECK_CONSOLE },
  not_json: {
    meaning: 'The response is not JSON: often it is a page from something in between.',
    remedy: 'Check the endpoint of the service in the settings.',
  },
  inexact_number: {
    meaning: 'The response contains a number that JavaScript would round.',
    remedy: 'Report the request id: a rounded number is never used.',
  },
  no_task_id: {
    meaning: 'A create call succeeded without returning an id. The list of tasks is checked for it.',
    remedy: CHECK_CONSOLE,
  },
  no_backup_id: {
    meaning: 'A backup was accepted without returning an id. The list of backups is checked for it.',
    remedy: CHECK_CONSOLE,
  },
  no_message_id: { meaning: 'SMN accepted a message without returning an id. It is sent again.', remedy: NO_ACTION },
  no_instance: { meaning: 'The response about an instance lacks documented fields.', remedy: CONTINUES },
  no_server: { meaning: 'The response about a server lacks documented fields.', remedy: CONTINUES },
  no_secret: { meaning: 'The response about a secret in DEW lacks documented fields.', remedy: CONTINUES },
  no_template: { meaning: 'The response about a template lacks documented fields.', remedy: CONTINUES },
  no_task: { meaning: 'The response about a task lacks documented fields.', remedy: CONTINUES },
  no_status: { meaning: 'The response about a DCS job lacks its status.', remedy: CONTINUES },
  no_object: { meaning: 'A listing of OBS lacks documented fields.', remedy: CONTINUES },
  no_account: {
    meaning: 'IAM did not return the account that the keys belong to.',
    remedy: 'Set `HUAWEICLOUD_DOMAIN_ID`.',
  },
  not_a_list: {
    meaning: 'The response has no list where the service documents one. That proves nothing about tasks.',
    remedy: CONTINUES,
  },
  list_changes: {
    meaning: 'A list was different each time it was read. That proves nothing about tasks.',
    remedy: CONTINUES,
  },
  list_repeats: {
    meaning: 'A list repeated the same rows on other pages, or reported more rows without saying where.',
    remedy: CONTINUES,
  },
  list_endless: {
    meaning: 'A list has more than 100 pages.',
    remedy: 'Delete tasks in the service that are no longer needed.',
  },
  task_error: {
    meaning: 'The service accepted a call, and its response reports an error of the task.',
    remedy: 'The message contains the error.',
  },
  held_back: {
    meaning: '`npx migrations plan` would have to make this call, and makes none without `--live`.',
    remedy: 'Run plan with `--live` to make it.',
  },
  not_sent: { meaning: 'Nothing reached the service.', remedy: CONTINUES },
  rejected: {
    meaning: 'The service refused the call without a code.',
    remedy: 'The HTTP status gives the kind of refusal; the log has the message.',
  },
  unknown: { meaning: 'The call was sent, and no usable response came back.', remedy: CHECK_CONSOLE },
} as const satisfies Record<string, CodeEntry>;

/** What `npx migrations explain` reports about a job that an event does not start, beside the codes of runs. */
export const EXPLAIN_CODES = {
  bucket: { meaning: 'The job watches another bucket.', remedy: NO_ACTION },
  key: {
    meaning: "The key does not match the job's glob; the message says where they differ.",
    remedy: 'If it should match, change the glob.',
  },
  not_named: {
    meaning: 'The timer does not name the job.',
    remedy: 'Deploy: the user event of the trigger then names it.',
  },
  ignored: { meaning: 'The event contains nothing that could start a job.', remedy: NO_ACTION },
  other_job: { meaning: 'The path names another job.', remedy: NO_ACTION },
  starts_nothing: { meaning: 'The request reads or cancels, and starts nothing.', remedy: NO_ACTION },
  not_allowed: {
    meaning: 'The caller is not authorized (`on.request.auth`), and gets a 404.',
    remedy: 'Correct the token, the signature or the clock.',
  },
} as const satisfies Record<string, CodeEntry>;

/** Every code of our own. Those of the cloud are used unchanged beside them. */
export type Code =
  | keyof typeof RUN_CODES
  | keyof typeof COMMAND_CODES
  | keyof typeof ERROR_CODES
  | keyof typeof CALL_CODES
  | keyof typeof EXPLAIN_CODES;

/** The code of a call that got none from the cloud. */
export type CallCode = keyof typeof CALL_CODES;

/**
 * A code from the cloud (`DCS.4026`, `NoSuchKey`), or from Node for the network (`ECONNRESET`). Ours are snake_case. Cloud codes of another form,
 * such as the faults of ECS (`itemNotFound`), are converted by `asCloudCode` in `lib/cloud`, and nowhere else.
 */
export type CloudCode = Capitalize<string> | `${string}.${string}`;

/** Any code that a reason or an error may have. */
export type KnownCode = Code | CloudCode;
