import { durationText } from '../report/duration-text.ts';
import type { RunReason } from '../report/run-result.ts';
import type { Decision } from './decision.ts';
import type { Facts } from './facts.ts';
import { asksCloud, DECODED_TAKEN, objectToFind } from './find-object.ts';
import { learn, PASSED, reject } from './gate.ts';
import type { Run } from './run.ts';
import { nextAttemptAt, retryLater, waitOutsideLane } from './waits.ts';

/** A lookup of the object is valid for this long; a pass that does not wait takes less. */
const SEEN_MS = 5_000;

/** An ambiguous key is resolved first, because the lane identifies objects by their keys. */
export function needsKey(run: Run, facts: Facts): Decision | undefined {
  const { written, planned, given } = run.received;
  if (!written || !planned) return PASSED;
  if (asksCloud(planned)) return needsObject(run, facts);
  const key = given?.kind === 'object' ? given.key : '';
  return { do: 'record', records: [{ type: 'key', key, warning: DECODED_TAKEN }], warnings: [DECODED_TAKEN] };
}

/** Checks whether the object that started the run is in its bucket, under which key, and whether it is still the version that the run is for. */
export function needsObject(run: Run, facts: Facts): Decision | undefined {
  const { object, replacement } = facts.known;
  const { received, state } = run;
  if (object === undefined) return received.written ? learn('object') : PASSED;
  if (object === 'none') return PASSED;
  switch (object.end) {
    case 'there': {
      const isNews = received.written !== undefined || state.keyAbsentAt !== undefined;
      if (!isNews) return PASSED;
      const { key, warning } = object;
      const why = warning === undefined ? {} : { warning };
      return {
        do: 'record',
        records: [{ type: 'key', key, ...why }],
        warnings: warning === undefined ? [] : [warning],
      };
    }
    case 'other':
      if (!replacement) return learn('replacement');
      return replacement.end === 'superseded'
        ? { do: 'record', records: [{ type: 'superseded', reason: replacement.reason }] }
        : waitOutsideLane(run, facts, replacement.reason, nextAttemptAt(run, facts.now));
    case 'absent':
      return whenAbsent(run, facts, object.reason);
    case 'waiting':
      return retryLater(run, facts, object.reason);
  }
}

/** One lookup proves little, because the object may be being written right now. */
function whenAbsent(run: Run, facts: Facts, reason: RunReason): Decision {
  const { keyAbsentAt } = run.state;
  const { settleMs } = run.received.policies;
  const { now } = facts;
  if (keyAbsentAt !== undefined && now >= keyAbsentAt + settleMs) {
    const message = `${reason.message}; two lookups ${durationText(settleMs)} apart did not find it`;
    return reject({ code: 'object_gone', message });
  }
  if (keyAbsentAt === undefined) return { do: 'record', records: [{ type: 'key_absent' }] };
  return waitOutsideLane(run, facts, reason, keyAbsentAt + settleMs);
}

/** Right before the intent; a recent lookup is not repeated. */
export function needsSameObject(run: Run, facts: Facts): Decision | undefined {
  const { object } = facts.known;
  if (objectToFind(run.received) === undefined) return PASSED;
  if (object === undefined || (typeof object === 'object' && facts.now - object.at > SEEN_MS)) return learn('object');
  return needsObject(run, facts);
}
