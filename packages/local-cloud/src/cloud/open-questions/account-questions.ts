import type { OpenQuestion } from './open-question.ts';

const SHAPES = {
  iam: 'that of IAM: `{error: {code, message, title}}`',
  bare: '`{message, request_id}`',
} as const;
const OF_SERVICE = {
  documented: 'as the page of the operation has it',
  gateway: 'that of the API gateway: `{error_code, error_msg, request_id}`',
  ...SHAPES,
} as const;
/** The gateway answers with these statuses. */
const OF_GATEWAY = {
  documented: 'that of the API gateway: `{error_code, error_msg, request_id}`',
  service: 'that of DCS: `{error_code, error_msg, error_ext_msg}`',
  ...SHAPES,
} as const;

function shapeOf<const Behaviors>(status: string, behaviors: Behaviors, matters: string) {
  return {
    question: `Which body do responses with status ${status} have?`,
    source:
      'API references of DCS, SMS and IAM, API Request Signing Guide (api-sign-errorcode); captures of the other shapes',
    behaviors,
    assumed: 'documented',
    matters,
    settledBy: 'reads',
  } as const;
}

export const ACCOUNT_QUESTIONS = {
  'error-body-401': shapeOf(
    '401',
    OF_GATEWAY,
    'After it no call is made with the same keys for five minutes; the run waits.',
  ),
  'error-body-403': shapeOf('403', OF_SERVICE, 'Missing permissions are waited for, and reported.'),
  'error-body-404': shapeOf('404', OF_SERVICE, 'The run ends with the reason, or waits.'),
  'error-body-429': shapeOf('429', OF_GATEWAY, 'Throttled calls are sent again.'),
  'error-body-500': shapeOf('500 and above', OF_SERVICE, 'A create call with such a response may have created a task.'),
  'empty-success': {
    question: 'What do change operations without a response body return?',
    source: 'API references of DCS and SMS: 200 or 204; clients accept both',
    behaviors: { 'as-documented': '200 with `{}`, or 204', 'no-content': '204', ok: '200 with `{}`' },
    assumed: 'as-documented',
    matters: 'Both are a success.',
    settledBy: 'task',
  },
  'fresh-agency': {
    question: 'What do the keys of an agency get that was created a moment ago?',
    source: 'FunctionGraph user manual: a change of permissions takes about ten minutes; the responses are not stated',
    behaviors: {
      works: 'what they ask for',
      forbidden: '403 for ten minutes',
      unauthorized: '401 for ten minutes',
    },
    assumed: 'works',
    matters: 'Missing permissions are waited for.',
    settledBy: 'observation',
  },
  'clock-skew': {
    question: 'By how much do the clocks of the services and of the functions differ?',
    source: 'API Request Signing Guide: requests are refused beyond 15 minutes',
    behaviors: {
      none: 'not at all',
      'minute-ahead': 'the services are a minute ahead',
      'minute-behind': 'the services are a minute behind',
      'beyond-signing': 'the services are 16 minutes ahead: they refuse all requests',
    },
    assumed: 'none',
    matters: 'Leases hold with clocks that are right to within a minute.',
    settledBy: 'reads',
  },
} as const satisfies Record<string, OpenQuestion>;
