import type { PlanningCloud } from '../../cloud/planning-cloud.ts';
import type { Jobs } from '../../jobs/job.ts';
import { listSetFiles, setTrigger } from '../../runs/sets.ts';
import { startVerdict } from '../explain/start-verdict.ts';
import { refuses, type Subject, type Verdict } from '../explain/verdict.ts';

/** The same with the files that the bucket has for each set whose marker landed, as the run would find them. */
export async function listSets(
  subjects: readonly Subject[],
  jobs: Jobs,
  { services }: PlanningCloud,
): Promise<Subject[]> {
  const listed: Subject[] = [];
  for (const subject of subjects) {
    const verdicts: Verdict[] = [];
    for (const verdict of subject.verdicts) verdicts.push(await listSet(verdict, jobs, services));
    listed.push({ ...subject, verdicts });
  }
  return listed;
}

async function listSet(verdict: Verdict, jobs: Jobs, services: PlanningCloud['services']): Promise<Verdict> {
  const trigger = verdict.starts ? verdict.run?.trigger : undefined;
  if (!verdict.starts || trigger?.kind !== 'object' || trigger.set?.marker === undefined) return verdict;
  const { job, notes } = verdict;
  const { bucket, key: prefix, set, time } = trigger;
  const files = await listSetFiles({ job, bucket, prefix }, services);
  if (typeof files === 'string') return refuses(job.name, { code: 'set_incomplete', message: files });
  if (files.length === 0) {
    return { starts: true, job, notes: [...notes, 'its marker is there, and no file'] };
  }
  const marker = { key: prefix, version: set.marker ?? '', time };
  return startVerdict({ jobs, job, trigger: setTrigger({ bucket, prefix, name: set.name }, files, marker) }, notes);
}
