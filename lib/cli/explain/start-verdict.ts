import { RunError } from '../../kernel/errors.ts';
import { planRun, type RunRequest } from '../../runs/start/start-run.ts';
import { refuses, type Verdict } from './verdict.ts';

/** The verdict on a matching job: its run, or why it would be refused. */
export function startVerdict(request: RunRequest, notes: readonly string[] = []): Verdict {
  const { job, trigger } = request;
  try {
    const planned = planRun(request);
    return { starts: true, job, run: { trigger, planned }, notes: [...notes, ...planned.planned.warnings] };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return refuses(job.name, error);
  }
}
