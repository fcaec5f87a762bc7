/** What the records of a run mean, in the words of somebody who reads them. @type {Readonly<Record<string, string>>} */
const MEANINGS = {
  received: 'Received: from here on it is not lost',
  claimed: 'Taken by an invocation',
  prepared: 'Prepared: what will be sent is recorded',
  intent: 'The create call goes out',
  unknown: 'No usable answer: the task may be there or not',
  absent: 'Looked for the task: it is not in the list',
  waiting: 'Waits: surely nothing was created',
  created: 'The task is there',
  adopted: 'The task was found: it had been created',
  rejected: 'Rejected: surely nothing was created',
  superseded: 'Superseded by a newer run',
  parked: 'Parked: a person has to look',
  resumed: 'A person looked: it is tried again',
  notified: 'People were told',
  stuck: 'Stuck: not over after its deadline',
  settled: 'Settled: nothing more is to be done',
  dry_run: 'Dry run: nothing was sent',
  offset_reached: 'Source and target are close enough to stop',
  offset_left: 'Source and target differ again',
  forgotten: 'Forgotten: it is followed no more',
  replayed: 'Replayed: a new run for the same trigger',
  void: 'A marker without its run',
};

/** What the prefix of a record about a further call means. @type {Readonly<Record<string, string>>} */
const CALLS = {
  call: 'goes out',
  called: 'done',
  call_absent: 'looked for: nothing to be found',
  call_waiting: 'waits: surely not done',
  call_refused: 'refused',
};

/**
 * A record in words; as it is, when it is one that this page does not know.
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
  if (/^(unknown|parked|stuck|absent)/.test(event)) return 'look';
  if (/^(created|adopted|settled)/.test(event)) return 'good';
  return 'plain';
}
