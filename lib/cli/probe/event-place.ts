import { EVENT_OBJECT } from '../../cloud/programs/probe-folder.ts';
import { type ObjectRule, ruleOfJob } from '../../deploy/object-rules.ts';
import { PROBE_FOLDER } from '../../events/probe-key.ts';
import type { Jobs } from '../../jobs/job.ts';
import { UsageError } from '../usage-error.ts';

/** Where a probe writes an object whose event a trigger delivers. */
export interface EventPlace {
  readonly bucket: string;
  /** Of all probes; ends with `.migrations-probe/`. */
  readonly prefix: string;
  /** The object's name in the folder of a probe, which shows how keys are encoded, and has the suffix of the trigger. */
  readonly name: string;
}

/** The place that the trigger of a job watches. @throws {UsageError} if the job does not exist, or watches no bucket */
export function eventPlace(jobs: Jobs, name: string): EventPlace {
  const job = jobs.jobs.get(name);
  if (job === undefined) throw new UsageError(`probe: --with-event ${name}: no such job in the jobs file`);
  const rule: ObjectRule | undefined = ruleOfJob(jobs, job);
  if (rule === undefined) throw new UsageError(`probe: --with-event ${name}: the job has no on.object_created`);
  return { bucket: rule.bucket, prefix: `${rule.prefix}${PROBE_FOLDER}`, name: `${EVENT_OBJECT}${rule.suffix}` };
}
