/** The meaning of each type of record, for people. @type {Readonly<Record<string, string>>} */
const MEANINGS = {
  received: 'Received: recorded, so it cannot be lost',
  claimed: 'Claimed by an invocation',
  prepared: 'Prepared: what will be sent is recorded',
  intent: 'About to send the create call',
  unknown: 'No usable response: the task may or may not exist',
  absent: 'Looked up the task: not in the list',
  waiting: 'Waiting: nothing was created',
  created: 'The task exists',
  adopted: 'Found the existing task',
  rejected: 'Rejected: nothing was created',
  superseded: 'Superseded by a newer run',
  parked: 'Parked: a person must decide',
  resumed: 'Resumed by a person: it is tried again',
  notified: 'Notification sent',
  stuck: 'Stuck: not finished by its deadline',
  settled: 'Settled: no further action needed',
  dry_run: 'Dry run: nothing was sent',
  offset_reached: 'Source and target are close enough to stop',
  offset_left: 'Source and target differ again',
  forgotten: 'Forgotten: no longer followed',
  replayed: 'Replayed: a new run for the same trigger',
  void: 'A marker without a run',
};

/** The meaning of the prefix of a record about a further call. @type {Readonly<Record<string, string>>} */
const CALLS = {
  call: 'about to be sent',
  called: 'done',
  call_absent: 'looked up: not found',
  call_waiting: 'waiting: not done',
  call_refused: 'refused',
};

/**
 * A record in words; unknown records are shown as they are.
 *
 * @param {string} event
 */
export function describeStep(event) {
  const [type = '', call] = event.split(' ');
  if (call !== undefined && Object.hasOwn(CALLS, type)) return `${call.replaceAll('_', ' ')}: ${CALLS[type]}`;
  return (Object.hasOwn(MEANINGS, event) ? MEANINGS[event] : undefined) ?? event.replaceAll('_', ' ');
}

/** @param {string} event @returns {import('./words.js').Tone} */
export function toneOfStep(event) {
  if (/^(rejected|call_refused)/.test(event)) return 'bad';
  if (/^(unknown|parked|stuck|absent)/.test(event)) return 'attention';
  if (/^(created|adopted|settled)/.test(event)) return 'good';
  return 'plain';
}
