import type { Problem } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import type { SecretReference } from '../kernel/secret-reference.ts';
import type { ActionKind, Target } from '../migrations/action.ts';
import { ACTION_KINDS, ACTIONS } from '../migrations/actions.ts';
import { TASK_POLICIES } from '../migrations/task-policies.ts';
import { valueAt } from '../migrations/value-at.ts';
import { checkFields, checkKeys, NEEDS_LEDGER } from '../schema/check-fields.ts';
import { describeKind } from '../schema/describe-value.ts';
import { addProblem, type Findings, own, type Path } from '../schema/findings.ts';
import { hasBrokenPlaceholder, hasPlaceholder, placeholdersOf } from '../schema/placeholder-syntax.ts';
import { checkAccepted } from './check-accepted.ts';
import { warnOfLabels, warnOfMixedAuth } from './check-auth.ts';
import { checkKey } from './check-key.ts';
import { FILE, usableLedger } from './fields/file.ts';
import { checkPolicyRules, RUN_POLICIES } from './fields/policies.ts';
import { TARGET } from './fields/target.ts';
import { onField, TRIGGER_KINDS } from './fields/triggers.ts';
import type { Job, Jobs, JobTriggers, LedgerSettings } from './job.ts';
import { JOB_NAME } from './job-name.ts';
import { warningsFor } from './job-warnings.ts';
import { PLACEHOLDER_PATHS, providerOf, requestField, stringsIn } from './placeholders.ts';
import { type ProtectedReason, protectedPlaces } from './protected-places.ts';

export const TARGET_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

const NO_LEDGER =
  "no ledger: the cloud's own lists of tasks are the only record. Simultaneous deliveries may create two tasks, runs for the same target do not wait for each other, and nothing continues by itself. Add ledger: { obs: { bucket, prefix } }";

export interface JobsOptions {
  /** The loader provides a ledger, so a file without one may use keys that need it, and gets no warning. */
  readonly ledger?: 'given';
  /** The prefix of the stage (`withStagePrefix`). @default '' */
  readonly prefix?: string;
  /** The current time, for warnings about clock changes within the next year. @default the time of the call */
  readonly now?: number;
}

/** Why a placeholder that an uploader or a caller fills is refused at a path. */
const PROTECTED: Readonly<Record<ProtectedReason, string>> = {
  destination: 'comes from outside, but this field decides where data goes: write the value itself',
  secret: 'comes from outside, but is in an object that contains a secret: write the value itself',
};

/** The parts of a file that all of its jobs share. */
interface FileParts {
  readonly targets: ReadonlyMap<string, Target>;
  readonly ledger: LedgerSettings | undefined;
  /** Is there a ledger, even one that has problems? */
  readonly hasLedger: boolean;
}

/** The result of `checkJobs`. `jobs` is set exactly when there are no problems. */
export interface CheckedJobs {
  readonly jobs?: Jobs;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** The value, if it is an object; else `undefined`, with a problem that says `what` was expected. */
function recordOf(value: unknown, path: Path, what: string, found: Findings): Record<string, unknown> | undefined {
  if (isRecord(value)) return value;
  return addProblem(
    found,
    path,
    value === undefined ? 'is missing' : `must be ${what}, received ${describeKind(value)}`,
  );
}

function checkTargets(value: unknown, found: Findings): Map<string, Target> {
  const targets = new Map<string, Target>();
  if (value === undefined) return targets;
  const record = recordOf(value, ['targets'], 'an object of targets by name', found);
  for (const [name, given] of Object.entries(record ?? {})) {
    const path = ['targets', name];
    if (!TARGET_NAME.test(name)) {
      addProblem(
        found,
        path,
        'the name must have 1 to 64 letters, digits, "_", "." or "-", the first a letter or digit',
      );
    }
    const checked = checkFields(TARGET, given, { mode: 'filled', path });
    found.problems.push(...checked.problems);
    const { id, password } = checked.value;
    if (typeof id === 'string' && hasPlaceholder(id))
      addProblem(found, [...path, 'id'], 'placeholders are not filled here');
    // A target with a problem still counts as known, so that its uses are not reported too.
    targets.set(name, {
      id: typeof id === 'string' ? id : '',
      ...(password === undefined ? {} : { password: password as SecretReference }),
    });
  }
  return targets;
}

/** The fields that each trigger supplies. A job may leave out a field that all of its triggers supply. */
function suppliedFields(on: JobTriggers, kind: ActionKind): Map<string, Set<string>> {
  const supplied = new Map<string, Set<string>>();
  if (on.object_created) supplied.set('object_created', new Set(ACTIONS[kind].fromObject));
  if (on.schedule) supplied.set('schedule', new Set());
  if (on.request) supplied.set('request', new Set(on.request.accepts));
  return supplied;
}

function checkPlaceholders(
  kind: ActionKind,
  fields: Record<string, unknown>,
  path: Path,
  on: JobTriggers,
  found: Findings,
): void {
  const triggers = TRIGGER_KINDS.filter((name) => on[name] !== undefined);
  const protectedAt = protectedPlaces(kind, fields);
  for (const { text, path: inner } of stringsIn(fields)) {
    if (!text.includes('{{')) continue;
    const at = [...path, ...inner];
    const reason = hasPlaceholder(text) ? protectedAt(inner) : undefined;
    if (hasBrokenPlaceholder(text)) {
      const isOpen = text.lastIndexOf('{{') > text.lastIndexOf('}}');
      addProblem(
        found,
        at,
        isOpen ? 'has "{{" without "}}" after it' : 'has "{{" that does not start a {{ placeholder }}',
      );
    }
    for (const placeholder of new Set(placeholdersOf(text))) {
      const shown = `{{ ${placeholder.slice(0, 64)} }}`;
      const provider = providerOf(placeholder);
      if (provider === undefined) {
        addProblem(found, at, `unknown placeholder ${shown}; use one of ${PLACEHOLDER_PATHS.join(', ')}`);
      } else if (requestField(placeholder)?.name.toLowerCase() === 'password') {
        addProblem(found, at, `${shown}: callers must not send passwords`);
      } else if (provider !== 'any' && triggers.length > 0 && !triggers.includes(provider)) {
        addProblem(found, at, `${shown} has no value: the job has no ${provider} trigger`);
      } else if (provider !== 'any' && reason) {
        addProblem(found, at, `${shown} ${PROTECTED[reason]}`);
      } else if (provider !== 'any' && triggers.length > 1) {
        const message = `${shown} has a value only for runs started by ${provider}; other runs are refused`;
        found.warnings.push({ path: at, message });
      }
    }
  }
}

function checkActionOf(
  job: Record<string, unknown>,
  path: Path,
  kind: ActionKind,
  on: JobTriggers,
  { targets, hasLedger }: FileParts,
  found: Findings,
): Record<string, unknown> {
  const at = [...path, kind];
  const fields = own(job, kind);
  const action = ACTIONS[kind];
  for (const key of hasLedger ? [] : action.keysNeedingLedger) {
    if (![undefined, false].includes(valueAt(fields, key) as undefined))
      addProblem(found, [...at, ...key], NEEDS_LEDGER);
  }
  const supplied = suppliedFields(on, kind);
  const names = Object.keys(action.fields);
  // Without a usable trigger it is unknown who supplies the files, and the missing trigger is reported already.
  const bySomebody = supplied.size > 0 ? [...supplied.values()] : [new Set(action.fromObject)];
  const optional = new Set(names.filter((name) => bySomebody.every((set) => set.has(name))));
  const checked = action.check(fields, { mode: 'file', path: at, optional, targets });
  found.warnings.push(...checked.warnings);
  for (const problem of checked.problems) {
    const name = problem.path[at.length];
    const [without] = [...supplied].filter(([, set]) => !set.has(String(name))).map(([trigger]) => trigger);
    const partly = [...supplied.values()].some((set) => set.has(String(name)));
    const hint = partly && without !== undefined ? `: runs started by ${without} would have none` : '';
    const missing = problem.path.length === at.length + 1 && problem.message === 'is missing';
    found.problems.push(missing ? { ...problem, message: `is missing${hint}` } : problem);
  }
  checkPlaceholders(kind, checked.value, at, on, found);
  checkAccepted({ kind, fields: checked.value, accepts: on.request?.accepts ?? [], targets }, path, found);
  return checked.value;
}

/** Checks the key of a job against its set and the ledger, as far as those have no problems themselves. */
function checkKeyOf(
  { object_created: created }: JobTriggers,
  path: Path,
  { ledger }: FileParts,
  found: Findings,
): void {
  if (created?.key === undefined) return;
  const { bucket, key, set } = created;
  const usable = set?.by === undefined || set.complete === undefined ? undefined : set;
  checkKey(key, [...path, 'on', 'object_created', 'key'], { bucket, ledger, set: usable }, found);
}

function checkJob(name: string, value: unknown, file: FileParts, found: Findings): Job | undefined {
  const path = ['jobs', name];
  if (!JOB_NAME.test(name)) {
    addProblem(found, path, 'the name must have 1 to 40 lower-case letters, digits or "-", the first a letter');
  }
  const record = recordOf(value, path, 'an object with "on" and an action', found);
  if (!record) return undefined;
  const kinds = ACTION_KINDS.filter((kind) => own(record, kind) !== undefined);
  const only = kinds.length === 1 ? kinds[0] : undefined;
  const { hasLedger } = file;
  const besides = [...Object.keys(TASK_POLICIES), ...ACTION_KINDS];
  // Values that have a problem are absent, whatever their type says.
  const { on = {}, ...runPolicies } = checkKeys({ on: onField(only), ...RUN_POLICIES }, record, path, found, {
    hasLedger,
    besides,
  });
  const policies = checkKeys(TASK_POLICIES, record, path, found, { hasLedger, besides: Object.keys(record) });
  checkKeyOf(on, path, file, found);
  const mayBeIncremental = kinds.some((kind) => {
    const { isIncremental } = ACTIONS[kind];
    return isIncremental !== undefined && isIncremental(own(record, kind)) !== false;
  });
  checkPolicyRules(
    { ...runPolicies, ...policies },
    path,
    { hasLedger, on, kinds, isIncremental: mayBeIncremental },
    found,
  );
  if (kinds.length !== 1) {
    const given = kinds.length === 0 ? 'it has none' : `it has ${kinds.join(' and ')}`;
    addProblem(found, path, `must have exactly one of ${ACTION_KINDS.join(', ')}; ${given}`);
  }
  const fields = kinds.map((kind) => checkActionOf(record, path, kind, on, file, found));
  const [kind] = kinds;
  return kind && { name, on, kind, fields: fields[0] ?? {}, ...runPolicies, policies };
}

/**
 * Checks the document of a jobs file and reports all of its problems.
 *
 * Throws nothing. No message shows a value where a secret is possible.
 */
export function checkJobs(document: unknown, options: JobsOptions = {}): CheckedJobs {
  const found: Findings = { problems: [], warnings: [] };
  const record = recordOf(document ?? null, [], 'an object with version, region and jobs', found);
  if (!record) return found;
  const checked = checkKeys(FILE, record, [], found, { besides: ['targets', 'jobs'] });
  const { version, region, timeZone, settleSeconds, cloudEye } = checked;
  const ledger = usableLedger(checked.ledger);
  const hasLedger = options.ledger === 'given' || Object.hasOwn(record, 'ledger');
  if (!hasLedger) found.warnings.push({ path: [], message: NO_LEDGER });
  const targets = checkTargets(own(record, 'targets'), found);
  const given = recordOf(own(record, 'jobs'), ['jobs'], 'an object of jobs by name', found);
  const { now = Date.now() } = options;
  const jobs = new Map<string, Job>();
  const valid: Job[] = [];
  for (const [name, value] of Object.entries(given ?? {})) {
    const before = found.problems.length;
    const job = checkJob(name, value, { targets, ledger, hasLedger }, found);
    if (job) jobs.set(name, job);
    if (job && found.problems.length === before) valid.push(job);
  }
  warnOfMixedAuth(jobs.values(), found);
  warnOfLabels(valid, hasLedger, found);
  const givenRegion = own(record, 'region');
  found.warnings.push(
    ...warningsFor(valid, {
      targets,
      hasLedger,
      region: typeof givenRegion === 'string' ? givenRegion : '',
      timeZone,
      now,
    }),
  );
  if (given && Object.keys(given).length === 0) addProblem(found, ['jobs'], 'has no jobs');
  if (found.problems.length > 0) return found;
  return {
    jobs: {
      version,
      region,
      ...(ledger ? { ledger } : {}),
      settleSeconds,
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(cloudEye === undefined ? {} : { cloudEye }),
      targets,
      jobs,
    },
    ...found,
  };
}
