import type { PlanningCloud } from '../../cloud/programs/planning-cloud.ts';
import type { Jobs } from '../../jobs/job.ts';
import type { Code } from '../../kernel/codes.ts';
import type { SetObject } from '../../runs/ledger/set-log.ts';
import { listSet } from '../../runs/sets/list-set.ts';
import { ManifestError } from '../../runs/sets/parse-manifest.ts';
import { readManifest } from '../../runs/sets/read-manifest.ts';
import { setTrigger } from '../../runs/sets/set-trigger.ts';
import { waitsOf, waitText } from '../../runs/sets/set-waits.ts';
import { type SetScope, setScope } from '../../runs/sets/set-work.ts';
import { startVerdict } from '../explain/start-verdict.ts';
import { refuses, type Subject, type Verdict } from '../explain/verdict.ts';

/** Lists the bucket for each set whose marker landed, and returns the subjects with the files that the run would find. */
export async function listSets(
  subjects: readonly Subject[],
  jobs: Jobs,
  { services }: PlanningCloud,
): Promise<Subject[]> {
  const listed: Subject[] = [];
  for (const subject of subjects) {
    const verdicts: Verdict[] = [];
    for (const verdict of subject.verdicts) verdicts.push(await listVerdict(verdict, jobs, services));
    listed.push({ ...subject, verdicts });
  }
  return listed;
}

async function listVerdict(verdict: Verdict, jobs: Jobs, services: PlanningCloud['services']): Promise<Verdict> {
  const trigger = verdict.starts ? verdict.run?.trigger : undefined;
  if (!verdict.starts || trigger?.kind !== 'object' || trigger.set?.marker === undefined) return verdict;
  const { job, notes } = verdict;
  const { bucket, key: prefix, set, time } = trigger;
  const scope = setScope(job, prefix);
  if (!scope) return verdict;
  const { complete } = scope.trigger.set;
  const marker: SetObject = { key: `${prefix}${complete.marker}`, version: set.marker ?? '', time };
  const keys = complete.manifest ? await keysOf(scope, marker, services) : undefined;
  if (keys && !Array.isArray(keys)) return refuses(job.name, keys);
  const listing = await listSet(scope, services, { keys });
  if (typeof listing === 'string') return refuses(job.name, { code: 'set_incomplete', message: listing });
  const { files } = listing;
  // How long the set will have been quiet is not known yet.
  const { quietMs: _quiet, ...now } = complete;
  const waits = waitsOf(now, { files, marker, keys }, 0);
  if (waits.length > 0) {
    const note =
      files.length === 0 ? 'its marker is there, but no files' : waitText(complete, prefix, files.length, waits);
    return { starts: true, job, notes: [...notes, note] };
  }
  return startVerdict({ jobs, job, trigger: setTrigger({ bucket, prefix, name: set.name }, files, marker) }, notes);
}

async function keysOf(
  scope: SetScope,
  marker: SetObject,
  services: PlanningCloud['services'],
): Promise<string[] | { readonly code: Code; readonly message: string }> {
  try {
    const keys = await readManifest(scope, marker, services);
    return typeof keys === 'string' ? { code: 'set_incomplete', message: keys } : keys;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { code: 'bad_manifest', message: `the manifest is invalid: ${error.message}` };
  }
}
