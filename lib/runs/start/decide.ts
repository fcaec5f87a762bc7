import { reasonOf } from '../report/run-result.ts';
import { decideCreate } from './decide-create.ts';
import type { Decision, Recording } from './decision.ts';
import type { Facts } from './facts.ts';
import { adopt } from './gate.ts';
import { isFollowed } from './is-followed.ts';
import type { Run } from './run.ts';
import { isClaimed, isMine, isOverdue, LOST, park, respond, unresolved } from './waits.ts';

/**
 * What is to be done next about a run that has no task, or of which that is not known. Pure: the same run and facts give the same decision, and all
 * that is asked of the ledger and the cloud is asked by name (`learn`).
 */
export function decide(run: Run, facts: Facts): Decision {
  const { state } = run;
  if (state.end) return ended(run);
  if (isClaimed(run, facts.now) && !isMine(run, facts)) {
    const reason = { code: 'in_progress', message: 'another invocation is handling this run' } as const;
    return respond({ outcome: 'waiting', reason });
  }
  if (state.attempt) return afterAttempt(run, state.attempt.until, facts);
  if (state.parked) return leaveToOthers(run);
  if ((state.notBefore ?? 0) > facts.now) {
    return respond({ outcome: 'waiting', ...(state.reason ? { reason: state.reason } : {}) });
  }
  return decideCreate(run, facts);
}

/** What an ended run is answered with; a refusal is brought to its end here, a task by `reconcile` where others wait for it. */
function ended({ state, planned }: Run): Decision {
  const { end, task, reason, settled } = state;
  if (end === 'created' && task) {
    const result = { outcome: 'existing', task } as const;
    return settled || isFollowed(planned) ? respond(result) : { do: 'settle', result };
  }
  const why = reason ? { reason } : {};
  if (end === 'forgotten' && task) {
    const result = { outcome: 'existing', task, ...why } as const;
    return settled ? respond(result) : { do: 'settle', result };
  }
  const result = { outcome: end === 'rejected' ? 'rejected' : 'skipped', ...why } as const;
  return settled ? respond(result) : { do: 'settle', result };
}

/**
 * An attempt whose fate is not known: look, and only look. Certainly not there is what two complete listings do not have, the second of them
 * `settle_seconds` after the attempt was certainly over. Only then it may be sent again.
 */
function afterAttempt(run: Run, until: number, facts: Facts): Decision {
  const { state, received } = run;
  // By hand: not even looked for. It keeps its target if a task of it may be running.
  if (state.parkedByHand) return respond(unresolved(run));
  const { task } = facts.known;
  switch (task?.end) {
    case undefined:
      return { do: 'learn', facts: ['task'] };
    case 'refused':
      return { do: 'record', records: [{ type: 'rejected', reason: task.reason }] };
    case 'found':
      return adopt(run, task.task);
    case 'rejected':
    case 'waiting':
      return isOverdue(run, facts.now) && !state.parked
        ? park(run, facts, reasonOf(task.error))
        : respond(unresolved(run));
    case 'absent':
      break;
  }
  const isSettled = facts.now >= until + received.policies.settleMs;
  if (state.absentAt === undefined) {
    const recording: Recording = { do: 'record', records: [{ type: 'absent' }], forget: ['task'] };
    return isSettled ? recording : { ...recording, result: unresolved(run) };
  }
  if (!isSettled) return respond(unresolved(run));
  if (state.parked) return leaveToOthers(run);
  // Whether it should still happen after so long is for a person to say.
  return isOverdue(run, facts.now) ? park(run, facts, LOST) : decideCreate(run, facts);
}

/** A parked run of which nothing was created must not keep the target from others while a person is waited for. */
function leaveToOthers(run: Run): Decision {
  return { do: 'leave', next: respond(unresolved(run)) };
}
