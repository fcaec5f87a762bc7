import type { OpenQuestion } from './open-question.ts';

const APPEND_PAGE = 'OBS API reference, "Appending an Object" (obs_04_0088, 2024-03-22)';
const NOT_ATOMIC =
  'Two functions may act on one run or one target at once. Whoever reads the list next logs an alarm with the code `ledger_forked`.';

export const OBS_QUESTIONS = {
  'append-concurrency': {
    question: 'What do simultaneous appends at the same position get?',
    source: `${APPEND_PAGE}: 409 PositionNotEqualToLength for a wrong position; concurrency is not mentioned`,
    behaviors: {
      atomic: 'one of them succeeds, the others get 409',
      'all-kept': 'all of them get 200, and their data follows one after the other',
      'last-kept': 'all of them get 200, and only the data of the last one remains',
    },
    assumed: 'atomic',
    matters:
      'Every decision of a run is an append: at most one task for an occurrence, one task at a time for a target.',
    settledBy: 'objects',
    notPromised: { 'all-kept': NOT_ATOMIC, 'last-kept': NOT_ATOMIC },
  },
  'read-after-write': {
    question: 'Does a read right after a write return what was written?',
    source: 'OBS API reference, "Downloading Objects" (obs_04_0083): not stated',
    behaviors: {
      current: 'it does',
      stale: 'for two seconds it may return the earlier content, or 404 for a new object',
    },
    assumed: 'current',
    matters: 'After a lost response to an append, the run looks for its own record.',
    settledBy: 'objects',
  },
  'object-list-lag': {
    question: 'How soon does a list of objects show a new object?',
    source: 'OBS API reference, "Listing Objects in a Bucket" (obs_04_0022): not stated',
    behaviors: { none: 'at once', 'two-seconds': 'after two seconds' },
    assumed: 'none',
    matters: 'What is open is found by a list: a run that a killed function left is continued one tick later.',
    settledBy: 'objects',
  },
  'object-page-size': {
    question: 'May a page of objects hold fewer than were asked for, although more follow?',
    source: 'OBS API reference, "Listing Objects in a Bucket" (obs_04_0022): a maximum of 1,000; IsTruncated decides',
    behaviors: { full: 'no', short: 'yes: at most three at once' },
    assumed: 'full',
    matters: 'Open runs, members of a set and missed objects are all found, however a list is cut into pages.',
    settledBy: 'objects',
  },
  'append-event': {
    question: 'Does an append raise an object event?',
    source: 'OBS API reference, "Event Notifications" (obs_04_0039): six event types, none for an append',
    behaviors: { none: 'no', put: 'yes, ObjectCreated:Put with each append' },
    assumed: 'none',
    matters: 'A ledger in a watched bucket must not start runs by its own records.',
    settledBy: 'event',
  },
  'multipart-etag': {
    question: 'What is the eTag of an object that was uploaded in parts?',
    source:
      'OBS API reference, "Completing a Multipart Upload" (obs_04_0102): not stated; <hex>-<parts> is the convention of S3',
    behaviors: { 'of-parts': '<MD5 of the MD5s>-<number of parts>', 'of-content': 'the MD5 of its content' },
    assumed: 'of-parts',
    matters: 'The eTag tells versions of an object apart in a bucket without versioning.',
    settledBy: 'objects',
  },
} as const satisfies Record<string, OpenQuestion>;
