import type { PlanningCloud, ReadRequest } from '../../cloud/programs/planning-cloud.ts';
import type { Problem } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { OtherEnvironmentError } from '../../runs/ledger/origin.ts';
import { reasonOf } from '../../runs/report/run-result.ts';
import type { RunView } from '../../runs/report/run-view.ts';
import { type Rehearsal, rehearseRun } from '../../runs/start/rehearse-run.ts';
import type { RefusedVerdict, StartVerdict, Verdict } from '../explain/verdict.ts';
import type { StandIns } from './stand-ins.ts';

/** What one job would do about an event. */
export interface RunPlan {
  readonly job: string;
  /** `waiting`: nothing is created yet, because a set is incomplete or the cloud could not be reached. */
  readonly outcome: Rehearsal['end'];
  readonly run?: string;
  readonly taskName?: string;
  /** The changing requests, in order. None was sent. */
  readonly requests: readonly ShownRequest[];
  /** The reading requests that were sent. */
  readonly reads: readonly ReadRequest[];
  readonly notes: readonly string[];
  readonly reason?: Pick<RefusedVerdict, 'code' | 'message'>;
  readonly problems: readonly Problem[];
}

interface ShownRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact body, with `***` for each secret and `<name>` for each unknown value. */
  readonly body?: string;
}

export interface PlanDeps {
  readonly cloud: PlanningCloud;
  readonly standIns: StandIns;
  /** May reading requests be sent? */
  readonly live: boolean;
  /** A run as the ledger has it; `undefined` if it does not have it, or is not read. @throws {OtherEnvironmentError} */
  readonly recorded: (job: string, run: string) => Promise<RunView | undefined>;
}

const NOTHING = { requests: [], reads: [], notes: [], problems: [] } as const;
/** Sent in place of every password: a plan never shows a secret in any form. */
const MASKED = new Secret('***');

/**
 * What a verdict means for the cloud; `undefined` for a job that the event does not concern.
 *
 * @throws {CloudError} if the tasks can't be listed @throws {LedgerError} if the ledger can't be read
 */
export async function planVerdict(verdict: Verdict, deps: PlanDeps): Promise<RunPlan | undefined> {
  if (verdict.starts) return planStart(verdict, deps);
  const { job, refused, code, message, problems } = verdict;
  return refused ? { ...NOTHING, job, outcome: 'rejected', reason: { code, message }, problems } : undefined;
}

async function planStart({ job, run, notes }: StartVerdict, deps: PlanDeps): Promise<RunPlan> {
  const { cloud, standIns, live } = deps;
  if (!run) {
    const message = 'its set is not complete with this event';
    return { ...NOTHING, job: job.name, outcome: 'waiting', notes, reason: { code: 'set_incomplete', message } };
  }
  const { planned, received } = run.planned;
  let view: RunView | undefined;
  try {
    view = await deps.recorded(job.name, received.run);
  } catch (error) {
    if (!(error instanceof OtherEnvironmentError)) throw error;
    return { ...NOTHING, job: job.name, run: received.run, outcome: 'rejected', notes, reason: reasonOf(error) };
  }
  if (view) return { ...planRecorded(view), taskName: planned.name };
  const requests: ShownRequest[] = [];
  const rehearsal = await rehearseRun(planned, received.run, {
    services: cloud.services,
    secret: () => MASKED,
    hole: standIns.standIn,
    asks: live,
    hold: async (call) => {
      const { method, url, headers, body } = await cloud.hold(call);
      requests.push({
        method,
        url: standIns.show(url),
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, standIns.show(value)])),
        ...(body === undefined ? {} : { body: standIns.show(body) }),
      });
    },
  });
  const known = { job: job.name, run: received.run, taskName: planned.name, outcome: rehearsal.end };
  const plan = { ...NOTHING, ...known, notes, reads: cloud.takeReads() };
  switch (rehearsal.end) {
    case 'planned':
      return { ...plan, requests, notes: [...notes, ...rehearsal.notes] };
    case 'existing': {
      const { id, status } = rehearsal.task;
      return { ...plan, notes: [...notes, `its task already exists: ${id}, ${status}`] };
    }
    case 'rejected':
      return { ...plan, reason: rehearsal.reason, problems: rehearsal.problems };
    case 'waiting':
      return { ...plan, reason: rehearsal.reason };
  }
}

/** The ledger has the run, so nothing would be sent. */
function planRecorded({ job, run, state, reason }: RunView): RunPlan {
  const notes = [`the ledger already has this run: ${state}; see npx migrations runs show ${job} ${run}`];
  const plan = { ...NOTHING, job, run, notes };
  return state === 'rejected' && reason ? { ...plan, outcome: 'rejected', reason } : { ...plan, outcome: 'existing' };
}
