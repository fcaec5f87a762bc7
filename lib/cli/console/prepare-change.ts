import type { ChangeRequest } from '../../console/ledger/change-request.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Ledger } from '../../runs/ledger/ledger.ts';
import type { ReplayDeps } from '../../runs/operate/replay-run.ts';
import { pauseChange } from '../pause.ts';
import type { Place } from '../place.ts';
import type { Change } from '../runs/change.ts';
import { cancelChange } from '../runs/runs-cancel.ts';
import { parkChange } from '../runs/runs-park.ts';
import { replayChange } from '../runs/runs-replay.ts';
import { resolveChange } from '../runs/runs-resolve.ts';
import { runNowChange } from '../runs/runs-run-now.ts';

interface Context {
  readonly place: Place;
  readonly ledger: Ledger;
  /** The options that select the place, for the commands that a result names. */
  readonly flags: string;
  readonly log: Logger;
}

/** A change that the console requests: the same as that of the command. @throws as the command, before anything is changed */
export async function prepareChange(request: ChangeRequest, { place, ledger, flags, log }: Context): Promise<Change> {
  switch (request.kind) {
    case 'cancel':
      return cancelChange({ place, ledger, log }, { job: request.job, run: request.run, flags });
    case 'park':
      return parkChange(ledger, { job: request.job, run: request.run, flags }, request.why);
    case 'run_now':
      return runNowChange(ledger, { job: request.job, run: request.run, flags }, request.why);
    case 'task':
      return resolveChange(ledger, request, { kind: 'task', id: request.task_id });
    case 'try_again':
      return resolveChange(ledger, request, { kind: 'try_again' });
    case 'give_up':
      return resolveChange(ledger, request, { kind: 'give_up', why: request.why });
    case 'replay':
    case 'replay_even_succeeded': {
      const { jobs } = await place.loadJobs();
      const evenSucceeded = request.kind === 'replay_even_succeeded';
      const services: ReplayDeps['services'] = { obs: async () => (await place.openServices()).obs() };
      return replayChange({ ledger, jobs, evenSucceeded, services }, { job: request.job, run: request.run, flags });
    }
    case 'pause':
      return pauseChange(place, { name: 'pause', job: request.job, why: request.why });
    case 'resume':
      return pauseChange(place, { name: 'resume', job: request.job });
  }
}
