import { reasonOf } from '../report/run-result.ts';
import { decideCreate } from './decide-create.ts';
import type { Decision, Recording } from './decision.ts';
import type { Facts } from './facts.ts';
import { adopt } from './gate.ts';
import { isFollowed } from './is-followed.ts';
import type { Run } from './run.ts';
import { isClaimed, isMine, isOverdue, LOST, park, respond, unresolved } from './waits.ts';

/**
 * Decides the next action for a run that has no task, or may have none. Pure: the same run and facts give the same decision, and everything needed
 * from the ledger and the cloud is requested by name (`learn`).
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

/** The response for an ended run. A refusal is settled here; a run with a task by `reconcile` if others wait for it. */
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
 * After an attempt whose result is unknown, only look for the task. It is certainly absent if two complete listings do not contain it, the second one
 * `settle_seconds` after the attempt was certainly over. Only then may it be sent again.
 */
function afterAttempt(run: Run, until: number, facts: Facts): Decision {
  const { state, received } = run;
  // Parked by an operator: not even looked for. The run keeps its target, because its task may be running.
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
  // After so long, an operator has to decide whether it should still happen.
  return isOverdue(run, facts.now) ? park(run, facts, LOST) : decideCreate(run, facts);
}

/** A parked run that created nothing must not block the target while it waits for an operator. */
function leaveToOthers(run: Run): Decision {
  return { do: 'leave', next: respond(unresolved(run)) };
}
