/** @import { RunViewState } from '../../runs/report/run-view.ts' */
/** @typedef {'plain' | 'busy' | 'good' | 'attention' | 'bad'} Tone */
/** @typedef {'all' | 'busy' | 'waiting' | 'attention' | 'good' | 'bad' | 'over'} Group */

/** The tone of each state of a run, and its group in the summary. @type {Readonly<Record<RunViewState, { readonly tone: Tone, readonly group: Group }>>} */
export const STATES = {
  received: { tone: 'busy', group: 'busy' },
  created: { tone: 'busy', group: 'busy' },
  running: { tone: 'busy', group: 'busy' },
  waiting: { tone: 'plain', group: 'waiting' },
  unknown: { tone: 'attention', group: 'attention' },
  parked: { tone: 'attention', group: 'attention' },
  stuck: { tone: 'attention', group: 'attention' },
  succeeded: { tone: 'good', group: 'good' },
  failed: { tone: 'bad', group: 'bad' },
  rejected: { tone: 'bad', group: 'bad' },
  superseded: { tone: 'plain', group: 'over' },
  forgotten: { tone: 'plain', group: 'over' },
};

/** @type {readonly { readonly group: Group, readonly text: string, readonly tone: Tone }[]} */
export const GROUPS = [
  { group: 'all', text: 'All', tone: 'plain' },
  { group: 'busy', text: 'In progress', tone: 'busy' },
  { group: 'waiting', text: 'Waiting', tone: 'plain' },
  { group: 'attention', text: 'Need attention', tone: 'attention' },
  { group: 'good', text: 'Succeeded', tone: 'good' },
  { group: 'bad', text: 'Failed or rejected', tone: 'bad' },
  { group: 'over', text: 'Set aside', tone: 'plain' },
];

/**
 * The style of a state, including unknown ones.
 *
 * @param {string} state
 * @returns {{ readonly tone: Tone, readonly group: Group }}
 */
export function styleOf(state) {
  return Object.hasOwn(STATES, state) ? STATES[/** @type {RunViewState} */ (state)] : { tone: 'plain', group: 'busy' };
}

/** The tone of a task's status, as DCS and SMS name them. @param {string} status @returns {Tone} */
export function toneOfStatus(status) {
  if (/FAIL|ERROR/i.test(status)) return 'bad';
  if (/SUCCESS|FINISH/i.test(status)) return 'good';
  return /TERMINATED|STOPPED|ABORT|READY|DELETED/i.test(status) ? 'plain' : 'busy';
}

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const MINUTE = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** `14:03:09` in the reader's time zone, or `1 Mar 14:03` for another day; the text unchanged if it is not a time. @param {string} iso */
export function timeOfDay(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return isToday(at) ? TIME.format(at) : `${DAY.format(at)} ${MINUTE.format(at)}`;
}

/** The day that `timeOfDay` omits, because the page may still be open tomorrow; empty if it does not. @param {string} iso */
export function omittedDay(iso) {
  const at = new Date(iso);
  return isToday(at) ? DAY.format(at) : '';
}

/** @param {Date} at */
function isToday(at) {
  return at.toDateString() === new Date().toDateString();
}

/** `1 Mar, 14:03 (Asia/Singapore)` for a time with a zone (RFC 9557), `1 Mar, 14:03` in the reader's zone without one. @param {string} text */
export function dateAndTime(text) {
  const [, iso = text, timeZone] = /^(.*?)\[(.*)\]$/.exec(text) ?? [];
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return text;
  const parts = /** @type {const} */ ({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  const shown = new Intl.DateTimeFormat('en-GB', { ...parts, timeZone }).format(at);
  return timeZone === undefined ? shown : `${shown} (${timeZone})`;
}

/** `0.4 s`, `12 s`, `3 min 5 s`, `2 h 1 min`. @param {number} ms */
export function duration(ms) {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The reader's time zone. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const FULL = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

/** `14 Mar 2026, 20:00:05 (Asia/Singapore), 2026-03-14T12:00:05Z`; the text unchanged if it is not a time. @param {string} iso */
export function fullTime(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  return `${FULL.format(at)} (${ZONE}), ${iso.replace(/\.\d+Z$/, 'Z')}`;
}

/** `30 s`, `5 min`, `6 h`, `7 d`: of a limit, which is a whole number of one unit. @param {number} seconds */
export function durationOf(seconds) {
  for (const [unit, size] of /** @type {const} */ ([
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ])) {
    if (seconds % size === 0) return `${seconds / size} ${unit}`;
  }
  return `${seconds} s`;
}

/** `7 runs`, `1 run`. @param {number} count @param {string} word */
export function counted(count, word) {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** `queued: run ... has the turn`, without repeating a code at the start of the message; empty without a reason. @param {{ code: string, message: string } | undefined} reason */
export function reasonText(reason) {
  if (!reason) return '';
  return reason.message.startsWith(reason.code) ? reason.message : `${reason.code}: ${reason.message}`;
}
