/** One kind of problem: what a program may rely on. `docs/webhook.md` has a section for each. */
export interface ProblemType {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do, for the documentation. */
  readonly doc: string;
}

/**
 * Where a problem's type points: the section of docs/webhook.md. RFC 9457 wants an absolute URL and none that must resolve; `.example` is
 * reserved (RFC 2606), so nobody else can ever answer there.
 */
export const PROBLEM_BASE = 'https://migration-functions.example/docs/webhook.md#';

/** Every problem that the webhook answers with, by its code. Codes never change their meaning. */
export const PROBLEM_TYPES = {
  event: {
    status: 400,
    title: 'Not a gateway request',
    doc: 'What reached the function is no request of API Gateway. Check the trigger.',
  },
  not_json: { status: 400, title: 'Not JSON', doc: 'The body is not valid JSON in UTF-8. Nothing of it was used.' },
  not_an_object: { status: 400, title: 'Not a JSON object', doc: 'The body is JSON, and no object. Send an object.' },
  duplicate_key: {
    status: 400,
    title: 'A key is there twice',
    doc: 'An object of the body names a key twice; parsers differ in which one counts. `errors` points at it.',
  },
  forbidden_key: {
    status: 400,
    title: 'A key that is never accepted',
    doc: 'An object of the body has a key such as `__proto__`. `errors` points at it.',
  },
  too_deep: { status: 400, title: 'Nested too deeply', doc: 'The body is nested more than 32 deep.' },
  idempotency_key: {
    status: 400,
    title: 'Bad Idempotency-Key',
    doc: 'Send one `Idempotency-Key` of 1 to 255 printable ASCII characters without spaces; where messages are signed send none, for there the signed `webhook-id` names the occurrence.',
  },
  bad_query: {
    status: 400,
    title: 'Bad query',
    doc: 'The query has a parameter that is not known here, or a value that is not. `detail` names it.',
  },
  no_such_path: {
    status: 404,
    title: 'Not found',
    doc: 'There is nothing at this path. Paths are taken literally: no trailing slash, no encoding.',
  },
  no_such_job: {
    status: 404,
    title: 'No such job',
    doc: 'There is no such job, or the caller may not see it: the two are not told apart. Check the name, the token, the signature and the clock.',
  },
  no_such_run: {
    status: 404,
    title: 'No such run',
    doc: 'The job has no such run. Without `ledger` in the jobs file a run is shown only if the file alone fixes the name and the target of its task, and no other job has the same; `detail` says when that is the reason.',
  },
  not_found_in_cloud: {
    status: 404,
    title: 'Refused by the cloud: not found',
    doc: 'The cloud knows nothing by an id that the request named, or a file that it named is not in its bucket (`file_missing`). `code` is the cloud’s, `run` has its request id; its words are in the log.',
  },
  method: { status: 405, title: 'Method not allowed', doc: '`Allow` names the methods of this path.' },
  key_reused: {
    status: 409,
    title: 'The same key with other fields',
    doc: 'A request with this key came before and asked for something else. That run is as it was. Use a new key. Without a ledger this is not noticed.',
  },
  other_environment: {
    status: 409,
    title: 'The run belongs to another environment',
    doc: 'The ledger has this run for another region, project or stage, which must not share a ledger with this one. Nothing was created, and nothing recorded. The log names both. Whoever runs the function has to give each its own ledger.',
  },
  run_over: { status: 409, title: 'The run is over', doc: 'It has ended; there is nothing to cancel.' },
  not_yet: {
    status: 409,
    title: 'Not yet',
    doc: 'It cannot be done just now: an invocation is handling the run, what became of the create call is being found out, or the list of tasks cannot be read. Send it again after `Retry-After` seconds.',
  },
  needs_ledger: {
    status: 409,
    title: 'Needs a ledger',
    doc: 'Without `ledger` in the jobs file nobody knows which runs are open, or whose a task is: open runs can’t be listed, and nothing can be cancelled.',
  },
  run_rejected: {
    status: 409,
    title: 'The run was refused',
    doc: 'Refused by a rule of the jobs file (`overlap: reject`), by a person, by a caller who cancelled it, because the source server has another task, or because of something that no waiting changes, such as a size that can’t be sent exactly (`inexact_number`). `code` says which; the same key answers the same again.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    doc: 'At most 262144 bytes are accepted, and of what a job makes of a body, where its placeholders repeat it, 1048576 are recorded.',
  },
  not_json_type: { status: 415, title: 'Unsupported media type', doc: 'Send the body as `application/json` in UTF-8.' },
  content_encoding: { status: 415, title: 'Unsupported encoding', doc: 'Send the body as it is, not compressed.' },
  invalid_fields: {
    status: 422,
    title: 'Invalid fields',
    doc: 'A field is missing, not accepted by the job, or outside the API’s limits. `errors` has one entry for each, with a JSON pointer into the body. Nothing was sent.',
  },
  waiting: {
    status: 429,
    title: 'Not now',
    doc: 'Nothing was created, and without a ledger nothing retries it. Send the same request again after `Retry-After` seconds. `code` says why.',
  },
  too_many_waiting: {
    status: 429,
    title: 'Too many requests of this job wait',
    doc: 'A hundred requests of the job wait for their turn already. Nothing of this one was recorded. Send the same request again after `Retry-After` seconds.',
  },
  refused_field: {
    status: 400,
    title: 'Refused by the cloud, for a field of the request',
    doc: 'The cloud refused fields that the request set. `code` is the cloud’s, `run` has its request id; its words are in the log. Nothing was created.',
  },
  refused_by_cloud: {
    status: 502,
    title: 'Refused by the cloud',
    doc: 'The cloud refused. `code` is its code, `run` has its request id; its words are in the log. Nothing was created.',
  },
  refused_for_now: {
    status: 503,
    title: 'Refused by the cloud for now',
    doc: 'The cloud refuses the function’s keys, one of its rights is missing, or a quota is used up. Nothing was created, and without a ledger nothing retries it. Whoever runs the function has to set it right; a new agency needs about ten minutes. Send the same request again after `Retry-After` seconds. `code` says why.',
  },
  cloud_unavailable: {
    status: 503,
    title: 'The cloud cannot be asked now',
    doc: 'Its list of tasks cannot be read. Send it again after `Retry-After` seconds.',
  },
  too_slow: {
    status: 503,
    title: 'No answer in time',
    doc: 'Reading took longer than `WEBHOOK_ANSWER_SECONDS`. Send it again after `Retry-After` seconds.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    doc: 'The function is not set up, its ledger cannot be used, or it has a fault. The log has more under `request_id`.',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemName = keyof typeof PROBLEM_TYPES;
