/** What a code of ours means, for docs/errors.md. */
export interface CodeText {
  /** What happened, and why. */
  readonly meaning: string;
  /** What a person does about it. */
  readonly remedy: string;
}

const NOTHING = 'No action needed.';
const GOES_ON = 'No action needed: it continues by itself.';
const REPORT = 'Keep the log of the request, and report it: it is a bug.';
const LOOK_IN_CONSOLE =
  'No action needed for some minutes: what became of a changing call is found out by looking. If it stays, look at the service in its console.';

/** `reason.code` of a run, beside the cloud's own codes. They never change their meaning: what is recorded in ledgers has them. */
export const RUN_CODES = {
  // Skipped: there was nothing to do.
  no_records: {
    meaning: 'The message holds no object; OBS sends one as a test when a notification is set up.',
    remedy: NOTHING,
  },
  ledger_object: { meaning: 'The object belongs to the ledger, and starts nothing.', remedy: NOTHING },
  object_removed: { meaning: 'The object was removed; there is nothing to import.', remedy: NOTHING },
  folder: { meaning: 'The key ends in `/` and has no content: a folder.', remedy: NOTHING },
  no_job_matches: {
    meaning: "No job's bucket and key match the object.",
    remedy: 'If one should: `npx migrations explain` says for each job why not.',
  },
  no_set: {
    meaning: 'The key matches, and lies in no set of the job (`set.by`).',
    remedy: 'Put it below the prefix of a set, or change `set.by`.',
  },
  object_gone: {
    meaning:
      'The object of the event is not in its bucket: two looks, `settle_seconds` apart, did not find it. It was deleted or moved before it was imported.',
    remedy: 'Upload it again if it is still to be imported: that is a new event.',
  },
  late_member: {
    meaning: 'The object came after its set had started its run.',
    remedy:
      '`npx migrations runs replay --even-succeeded` of its run lists the set again. Let the next set wait for all of its files: a `count`, a `quiet` time or a `manifest` beside the marker.',
  },
  superseded: {
    meaning:
      'A newer version of the object has landed, or a newer run took its place: with `overlap: latest`, or that of a newer tick while an online migration has the target.',
    remedy: NOTHING,
  },
  not_scheduled: {
    meaning: 'The timer names a job that has no `schedule`.',
    remedy:
      'Correct the user event of the trigger, or give the job a `schedule`; `npx serverless deploy` keeps the two together.',
  },
  no_such_job: {
    meaning: 'The timer or the path names a job that the jobs file does not have.',
    remedy: 'Correct the name, or deploy the jobs file that has it.',
  },

  // Waiting: nothing was created, and it goes on.
  queued: { meaning: 'Another run has the target; the message names it.', remedy: GOES_ON },
  target_in_online_migration: {
    meaning:
      'An online migration into the target is in its incremental phase, which does not end by itself; the message names its run. `notify` reports it as `waiting`.',
    remedy:
      'No action needed, or stop that migration when its data may be complete: this run then continues by itself.',
  },
  paused: {
    meaning: 'A person paused the job, or all; the message says which, who, since when and why.',
    remedy: 'Resume what it names: `npx migrations resume <job>`, or `npx migrations resume` for all.',
  },
  over_budget: {
    meaning: "The job's `limit` is used up in this window.",
    remedy: `${GOES_ON} Or raise \`limit\` for later runs.`,
  },
  too_many_waiting: {
    meaning: 'A hundred requests of the job wait already, and one more was not taken. Nothing of it is recorded.',
    remedy: 'Send it again later. If it stays: look at what they wait for, with `npx migrations runs list --open`.',
  },
  in_progress: { meaning: 'Another invocation is handling this run.', remedy: GOES_ON },
  out_of_time: {
    meaning: 'The invocation had no time left for it.',
    remedy: 'With a ledger nothing. If it is so at every tick, give the function more `timeout`.',
  },
  backup_running: { meaning: 'The backup that the run needs first is being taken: 5 to 30 minutes.', remedy: GOES_ON },
  set_incomplete: {
    meaning: 'Objects of the set are missing; the message says what it waits for.',
    remedy: 'Upload them. After `set.deadline` it is reported as `missed`.',
  },
  bad_manifest: {
    meaning: "The list of files in the set's marker can't be used (`complete.manifest`); the message says why. Final.",
    remedy: 'Upload the marker again with the right list: its new version completes the set.',
  },
  ledger: {
    meaning: 'The ledger could not be read or written. Nothing is created without it.',
    remedy:
      "Look at the message: the bucket's permissions, its region, or a bucket that can't be appended to. `is not a record`: see the runbook, a record cannot be read.",
  },
  internal: { meaning: 'A bug; its text is in the log alone.', remedy: REPORT },

  // Not known, or a person has to look.
  lost_answer: { meaning: 'A changing call was sent, and no usable answer came.', remedy: LOOK_IN_CONSOLE },
  parked: {
    meaning:
      'For too long it could not be found out what became of a create call, or the run could not be prepared; or a person parked it.',
    remedy: 'Look for the task, and say what you found: [parked](runbook.md#parked).',
  },
  unreadable: { meaning: 'The list of tasks or the state of a task cannot be read now.', remedy: GOES_ON },
  unknown_state: {
    meaning: 'The service names a state of the task that we do not know. Nothing is sent in it.',
    remedy: 'Look at the task in the console. If the state stays, report its name.',
  },
  being_made: {
    meaning: 'DCS is still making the machine of the online migration; it cannot be stopped yet.',
    remedy: 'Cancel again in some minutes.',
  },
  copy_backup: {
    meaning: 'Taking the fresh backup (`copy_first`) is under way, or it is being found out.',
    remedy: GOES_ON,
  },
  backup_target: {
    meaning: 'Taking the backup of the target (`backup_target_first`) is under way, or it is being found out.',
    remedy: GOES_ON,
  },
  configure: { meaning: 'Configuring the online migration is under way, or it is being found out.', remedy: GOES_ON },
  start: { meaning: 'Starting the server migration is under way, or it is being found out.', remedy: GOES_ON },
  stop: { meaning: 'Stopping the task is under way, or it is being found out.', remedy: GOES_ON },
  cancel: { meaning: 'Stopping the task for a caller is under way, or it is being found out.', remedy: GOES_ON },
  release: {
    meaning: 'Deleting the online task (`on_failure: release`) is under way, or it is being found out.',
    remedy: GOES_ON,
  },
  stuck: {
    meaning: "The task is not over after the job's `deadline`; it is followed further.",
    remedy: 'See [the task is stuck](runbook.md#the-task-is-stuck).',
  },

  instance_busy: {
    meaning:
      'The target, a DCS instance or an ECS, is restarting, restoring, being resized or otherwise busy. The run keeps its turn.',
    remedy: 'No action needed; if it lasts, look at it in its console.',
  },
  source_busy: {
    meaning: 'The instance that data comes from is restarting, restoring or otherwise busy.',
    remedy: 'No action needed; if it lasts, look at the instance in the DCS console.',
  },
  agent_absent: {
    meaning: 'The Agent of the source server is not connected to SMS, or has not told of its disks yet.',
    remedy: 'See that the Agent runs on the source server and reaches SMS.',
  },
  file_missing: {
    meaning:
      'A file that is to be imported is not in its bucket; the message names both. The run waits for it, unless a caller named it. Where it is the object of the event, a second look decides.',
    remedy: 'Upload it, and the run goes on by itself; or correct its name in the jobs file or the request.',
  },
  key_unreadable: {
    meaning:
      'The key of the event can be read in two ways (`OBJECT_KEYS: auto`), and the function may not look into the bucket to see which of them is there.',
    remedy:
      'Allow the agency `obs:object:GetObject` and `obs:bucket:ListBucket` on the bucket, and it continues by itself; or say with `OBJECT_KEYS` how keys are written.',
  },

  // Refused: surely nothing was created.
  missing_value: {
    meaning: 'A placeholder has no value in what started the run.',
    remedy: 'Send it with the request, or change the placeholder; the message names the field.',
  },
  invalid_fields: {
    meaning: "A field is missing, not accepted, or outside the API's limits; the message names each.",
    remedy: 'Correct the jobs file or the request.',
  },
  secret_missing: {
    meaning: 'The function has no variable of the name that a secret refers to.',
    remedy: 'Set its value in the environment or `.env`, and deploy.',
  },
  bad_secret: {
    meaning: 'The variable that a secret refers to has a line end or a control character in its value.',
    remedy: 'Set its value again, without the line end, in the environment or `.env`, and deploy.',
  },
  preflight: {
    meaning: 'A look before anything changes found what would let the task fail; the message lists all of it.',
    remedy: 'Fix it, then `npx migrations runs replay`. `preflight: warn` only warns.',
  },
  no_backup: {
    meaning: '`latest_of`: the instance has no usable backup.',
    remedy: 'Take one, or set `copy_first: true`.',
  },
  backup_failed: {
    meaning: 'The backup that the run needed failed.',
    remedy: 'Look at the instance in the DCS console, then replay the run.',
  },
  source_has_task: {
    meaning: 'The source server has another task already; the message names it. One source has one task.',
    remedy: 'Finish or delete that task in the SMS console, then replay the run.',
  },
  target_busy: {
    meaning: 'Another run has the target, and the job says `overlap: reject`.',
    remedy: 'Try later, or let it wait: `overlap: queue`.',
  },
  other_environment: {
    meaning:
      'The ledger has this run, set, sweep or list of pauses for another region, project or stage, or names none. Nothing is created, recorded or changed.',
    remedy:
      'Give each region, project and stage its own `ledger.obs.prefix`; or set `MIGRATIONS_STAGE` to the stage that is meant: [two environments on one ledger](runbook.md#two-environments-on-one-ledger).',
  },
  key_reused: {
    meaning: 'The same idempotency key came with other fields. The first run is as it was.',
    remedy: 'Send a new key for a new request.',
  },
  no_ledger: {
    meaning: 'The job needs a ledger, and there is none.',
    remedy: 'Add `ledger` to the jobs file, and deploy.',
  },
  dry_run: {
    meaning: 'The job says `dry_run: true`. `details` has what would be sent.',
    remedy: 'Take `dry_run` out when it is right.',
  },
  given_up: { meaning: 'A person gave the run up; the message says why.', remedy: NOTHING },
  forgotten: { meaning: 'A person stopped following the run. A task that it has goes on.', remedy: NOTHING },
  cancelled: { meaning: 'A caller or a person cancelled the run; its history says who.', remedy: NOTHING },
  key_not_utf8: {
    meaning:
      'The key of the object in the event is not UTF-8 once it is form-decoded; no object of OBS has such a key.',
    remedy:
      'If this route writes keys as they are, say so: `OBJECT_KEYS`, for example `eventgrid=raw`. Then send the event again: `npx migrations refeed`.',
  },
  event: {
    meaning: 'The event, or a record of it, is not what the function expects; the message says where.',
    remedy: 'Look at what is connected to the function; `npx migrations explain` reads an event that you saved.',
  },

  // Over, and not well.
  task_failed: {
    meaning: 'The service says that the task failed; the message has its reason.',
    remedy: "Mend that, then replay the run. The service's code is in [its table](#codes-of-the-cloud).",
  },
  task_stopped: {
    meaning: 'The task was stopped, by somebody or by the service.',
    remedy: 'If nobody meant it: look at the service, then replay the run.',
  },
  task_gone: {
    meaning: 'The task is not in the service any more: somebody deleted it.',
    remedy: 'If nobody meant it: replay the run.',
  },
} as const satisfies Record<string, CodeText>;

/** What a command says of a run that it can't change. Nothing was recorded. */
export const COMMAND_CODES = {
  usage: {
    meaning: "The command line can't be understood, or nobody was there to confirm. Exit code 2.",
    remedy: '`--help` says what can be given; `--yes` confirms.',
  },
  no_such_run: {
    meaning: 'The ledger has no such run.',
    remedy: 'Look for it: `npx migrations runs list`. Is it the right ledger (`--local`, `--cloud`)?',
  },
  no_such_lane: {
    meaning: 'The ledger has no lane of that name: no run of that target was ever recorded.',
    remedy: '`npx migrations runs lanes` lists them. Is it the right ledger (`--local`, `--cloud`)?',
  },
  lane_changed: {
    meaning: 'Somebody wrote to the lane while it was being repaired.',
    remedy: 'Look at it again (`npx migrations runs lanes`), and repeat.',
  },
  ended: {
    meaning: 'The run has ended, and that is final.',
    remedy: 'Another attempt is a new run: `npx migrations runs replay`.',
  },
  in_progress: {
    meaning: 'An invocation is handling the run.',
    remedy: 'Try again after the time that the message names.',
  },
  not_parked: {
    meaning: '`try-again` is for parked runs; this one goes on by itself.',
    remedy: 'Wait, or `npx migrations runs forget`.',
  },
  parked_already: { meaning: 'A person parked the run before.', remedy: '`npx migrations runs resolve` ends it.' },
  has_task: {
    meaning: 'The run has its task, and parking would hold nothing back.',
    remedy: '`npx migrations runs cancel` stops its task; `npx migrations runs forget` only stops following it.',
  },
  may_have_task: {
    meaning: 'The run may have a task, so a replay could make a second one.',
    remedy: 'Look in the console for its task; if another attempt is right all the same: `--even-succeeded`.',
  },
  open: { meaning: 'The run is not settled.', remedy: 'Wait for it, or resolve, park or forget it; then replay.' },
  succeeded: { meaning: 'The run has succeeded.', remedy: 'If you want it again: `--even-succeeded`.' },
  no_trigger: {
    meaning:
      'The run was recorded by a version that did not keep what started it; or, of `explain`, the job has no such trigger.',
    remedy: 'Start it by a new event.',
  },
  trigger_gone: {
    meaning: 'The job of the jobs file is not started by such an event any more.',
    remedy: 'Give the job that trigger again, or start it by an event that it has.',
  },
  no_such_set: {
    meaning: 'The ledger has no such set: none of its objects has been announced.',
    remedy:
      '`npx migrations runs list` shows the open sets. If objects of it lie in the bucket, see docs/runbook.md#nothing-happens-when-i-upload.',
  },
  set_not_listed: {
    meaning:
      "The files of a set could not be listed again, or its manifest not be read; the message has the cloud's answer.",
    remedy: 'Run it with keys that may list and read the bucket, then try again.',
  },
  other_format: {
    meaning: 'The run has a format that this version does not know.',
    remedy: 'Use the version that wrote it: [upgrading](upgrade.md).',
  },
  no_such_job: {
    meaning: 'The jobs file has no such job (any more).',
    remedy: 'Correct the name, or bring the job back.',
  },
} as const satisfies Record<string, CodeText>;

/** `code` of errors that concern a whole function, command or deploy. */
export const ERROR_CODES = {
  config: {
    meaning: 'The jobs file, a setting or the keys are wrong or missing. No event can work.',
    remedy: 'The message names each problem with its place: `npx migrations check`, then deploy.',
  },
  event: {
    meaning: 'The event is not what the function expects. A retry does not help.',
    remedy: 'Look at what is connected to the function.',
  },
  runs_failed: {
    meaning:
      'The function fails on purpose: a run was refused, or needs another attempt that no ledger records. The message ends with the result as JSON.',
    remedy: 'Look at the reason of each run in it. Those that succeeded stay.',
  },
  ledger: {
    meaning: 'The ledger could not be read or written.',
    remedy: "Look at the message: permissions, region, or a bucket that can't be appended to.",
  },
  deploy: {
    meaning: 'A step of a deploy failed. The message names function, step, code and what to do.',
    remedy: 'Do that, and run the same command again: it goes on from there.',
  },
  unwritable: {
    meaning: 'A file that was asked for could not be written; the message has the system’s code.',
    remedy: 'Look at the path and its rights.',
  },
  local_run: {
    meaning: 'The function could not be run in the local FunctionGraph.',
    remedy: 'Look at the message; `npm run build` makes the functions again.',
  },
  service_file: {
    meaning: '`serverless.yml` has problems, or does not fit `migrations.yml`; all are named.',
    remedy: 'Correct them. Nothing was sent.',
  },
} as const satisfies Record<string, CodeText>;

/** Our codes for calls to the cloud that got no code from it: nothing was sent, or the answer can't be used. */
export const CALL_CODES = {
  keys_refused: {
    meaning:
      'The cloud answered 401 to these keys, now and without a code, or less than five minutes ago; nothing is sent with them meanwhile: more refusals lock a key.',
    remedy: 'Mend the agency (or the keys), and wait five minutes. With a ledger runs go on by themselves.',
  },
  out_of_time: { meaning: 'The invocation had no time left for the call. Nothing was sent.', remedy: GOES_ON },
  request_not_built: { meaning: 'The request could not be made. Nothing was sent.', remedy: REPORT },
  sent_again: { meaning: 'Something tried to send a request twice, and was stopped.', remedy: REPORT },
  bad_id: {
    meaning: 'An id that would become part of a path is none. Nothing was sent.',
    remedy: 'Correct the id in the jobs file or the request.',
  },
  bad_remark: { meaning: 'The remark of a backup is too long or not printable. Nothing was sent.', remedy: REPORT },
  bad_message: { meaning: 'A message to SMN is too large or has no usable subject. Nothing was sent.', remedy: REPORT },
  bad_topic: { meaning: 'The URN of the topic is none. Nothing was sent.', remedy: 'Correct `notify.smn`.' },
  bad_time: { meaning: 'A time for a condition of OBS is none. Nothing was sent.', remedy: REPORT },
  no_usable_answer: { meaning: 'OBS answered with nothing that can be understood.', remedy: LOOK_IN_CONSOLE },
  no_size: {
    meaning: 'OBS sent an object without saying how large it is.',
    remedy: LOOK_IN_CONSOLE,
  },
  no_request_id: {
    meaning: 'What answered in place of OBS gave no request id: something in between, such as a proxy.',
    remedy: 'Look at `HUAWEICLOUD_OBS_ENDPOINT` and at the network.',
  },
  no_content: { meaning: 'The answer is empty where the service documents a body.', remedy: LOOK_IN_CONSOLE },
  not_json: {
    meaning: 'The answer is no JSON: often a page of something in between.',
    remedy: 'Look at the endpoint of the service in the settings.',
  },
  inexact_number: {
    meaning: 'The answer holds a number that JavaScript would round.',
    remedy: 'Report the request id: we refuse to work with a wrong number.',
  },
  no_task_id: {
    meaning: 'A create call was answered with success and without an id. The list of tasks is looked at.',
    remedy: LOOK_IN_CONSOLE,
  },
  no_backup_id: {
    meaning: 'A backup was accepted without an id. The list of backups is looked at.',
    remedy: LOOK_IN_CONSOLE,
  },
  no_message_id: { meaning: 'SMN took a message without giving it an id. It is sent again.', remedy: NOTHING },
  no_instance: { meaning: 'The answer about an instance lacks what is documented.', remedy: GOES_ON },
  no_server: { meaning: 'The answer about a server lacks what is documented.', remedy: GOES_ON },
  no_template: { meaning: 'The answer about a template lacks what is documented.', remedy: GOES_ON },
  no_task: { meaning: 'The answer about a task lacks what is documented.', remedy: GOES_ON },
  no_status: { meaning: 'The answer about a job of DCS lacks its status.', remedy: GOES_ON },
  no_object: { meaning: 'A listing of OBS lacks what is documented.', remedy: GOES_ON },
  no_account: { meaning: 'IAM did not say which account the keys belong to.', remedy: 'Set `HUAWEICLOUD_DOMAIN_ID`.' },
  not_a_list: {
    meaning: 'The answer has no list where the service documents one. That proves nothing about tasks.',
    remedy: GOES_ON,
  },
  list_changes: {
    meaning: 'A list was different each time it was read. That proves nothing about tasks.',
    remedy: GOES_ON,
  },
  list_repeats: {
    meaning: 'A list gave the same rows on other pages, or says that there is more and not where.',
    remedy: GOES_ON,
  },
  list_endless: {
    meaning: 'A list has more than 100 pages.',
    remedy: 'Delete tasks in the service that nobody needs any more.',
  },
  task_error: {
    meaning: 'The service accepted a call, and names an error of the task in its answer.',
    remedy: 'Its text is in the message.',
  },
  held_back: {
    meaning: '`npx migrations plan` would have to make this call, and makes none without `--live`.',
    remedy: 'Plan with `--live`, if it is to be asked.',
  },
  not_sent: { meaning: 'Surely nothing reached the service.', remedy: GOES_ON },
  rejected: {
    meaning: 'The service said no, without a code.',
    remedy: 'The HTTP status says of what kind it is; the log has the message.',
  },
  unknown: { meaning: 'It was sent, and no usable answer came.', remedy: LOOK_IN_CONSOLE },
} as const satisfies Record<string, CodeText>;

/** What `npx migrations explain` says of a job that an event does not start, beside the codes of runs. */
export const EXPLAIN_CODES = {
  bucket: { meaning: 'The job watches another bucket.', remedy: NOTHING },
  key: {
    meaning: "The key does not match the job's glob; the message says from where on.",
    remedy: 'Change the glob, if it should.',
  },
  not_named: {
    meaning: 'The timer does not name the job.',
    remedy: 'Deploy: the user event of the trigger then has its name.',
  },
  ignored: { meaning: 'The event holds nothing that could start a job.', remedy: NOTHING },
  other_job: { meaning: 'The path names another job.', remedy: NOTHING },
  starts_nothing: { meaning: 'The request reads or cancels, and starts nothing.', remedy: NOTHING },
  not_allowed: {
    meaning: 'The caller is not let in (`on.request.auth`).',
    remedy: 'Correct token, signature or clock; the gateway answers 404 then.',
  },
} as const satisfies Record<string, CodeText>;

/** Every code of our own. The cloud's go beside them unchanged. */
export type Code =
  | keyof typeof RUN_CODES
  | keyof typeof COMMAND_CODES
  | keyof typeof ERROR_CODES
  | keyof typeof CALL_CODES
  | keyof typeof EXPLAIN_CODES;

/** Of a call that got no code from the cloud. */
export type CallCode = keyof typeof CALL_CODES;

/**
 * A code that the cloud gave (`DCS.4026`, `NoSuchKey`), or Node for the network (`ECONNRESET`). Ours are snake_case; what the cloud gives otherwise, such
 * as the faults of ECS (`itemNotFound`), is made one by `asCloudCode` in `lib/cloud`, the only place that converts what the cloud returned.
 */
export type CloudCode = Capitalize<string> | `${string}.${string}`;

/** What a reason or an error may have. */
export type KnownCode = Code | CloudCode;
