/** A problem type that programs may rely on. `docs/webhook.md` has a section for each. */
export interface ProblemType {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do, for the documentation. */
  readonly doc: string;
}

/**
 * The base URL of problem types: a section of docs/webhook.md. RFC 9457 recommends an absolute URL, which need not resolve; `.example` is
 * reserved (RFC 2606), so nobody else can ever serve it.
 */
export const PROBLEM_BASE = 'https://migration-functions.example/docs/webhook.md#';

/** Every problem that the webhook returns, by its code. Codes never change their meaning. */
export const PROBLEM_TYPES = {
  event: {
    status: 400,
    title: 'Not a gateway request',
    doc: 'The event is not an API Gateway request. Check the trigger.',
  },
  not_json: { status: 400, title: 'Not JSON', doc: 'The body is not valid JSON in UTF-8. None of it was used.' },
  not_an_object: {
    status: 400,
    title: 'Not a JSON object',
    doc: 'The body is JSON, but not an object. Send an object.',
  },
  duplicate_key: {
    status: 400,
    title: 'Duplicate key',
    doc: 'An object in the body has the same key twice; parsers differ in which one they use. `errors` points to it.',
  },
  forbidden_key: {
    status: 400,
    title: 'Forbidden key',
    doc: 'An object in the body has a key such as `__proto__`. `errors` points to it.',
  },
  too_deep: { status: 400, title: 'Nested too deeply', doc: 'The body is nested more than 32 levels deep.' },
  idempotency_key: {
    status: 400,
    title: 'Invalid Idempotency-Key',
    doc: 'Send one `Idempotency-Key` of 1 to 255 printable ASCII characters without spaces. Send none where messages are signed: there the signed `webhook-id` identifies the occurrence.',
  },
  bad_query: {
    status: 400,
    title: 'Invalid query',
    doc: 'The query has an unknown parameter or an unknown value. `detail` names it.',
  },
  no_such_path: {
    status: 404,
    title: 'Not found',
    doc: 'Nothing exists at this path. Paths are matched literally: no trailing slash, no encoding.',
  },
  no_such_job: {
    status: 404,
    title: 'No such job',
    doc: 'The job does not exist, or the caller may not see it; the response is the same. Check the name, the token, the signature and the clock.',
  },
  no_such_run: {
    status: 404,
    title: 'No such run',
    doc: 'The job has no run with this ID, or another caller requested it; the response is the same. Without `ledger` in the jobs file, a run is shown only if the file alone determines the name and the target of its task, no other job has the same, and callers have no labels; `detail` says when that is the reason.',
  },
  not_found_in_cloud: {
    status: 404,
    title: 'Refused by the cloud: not found',
    doc: 'The cloud did not find an ID from the request, or a file from the request is not in its bucket (`file_missing`). `code` is the cloud’s, `run` has its request ID; its message is in the log.',
  },
  method: { status: 405, title: 'Method not allowed', doc: '`Allow` lists the methods of this path.' },
  key_reused: {
    status: 409,
    title: 'Key reused with different fields',
    doc: 'This key was used before for a different request. The earlier run is unchanged. Use a new key. Without a ledger this is not detected.',
  },
  other_environment: {
    status: 409,
    title: 'The run belongs to another environment',
    doc: 'The ledger has this run for another region, project or stage, which must not share a ledger with this one. Nothing was created or recorded. The log names both. The operator of the function must give each its own ledger.',
  },
  run_over: { status: 409, title: 'The run has ended', doc: 'The run has ended; there is nothing to cancel.' },
  not_yet: {
    status: 409,
    title: 'Not yet',
    doc: 'The request cannot be carried out right now: an invocation is handling the run, the outcome of the create call is being determined, or the list of tasks cannot be read. Send it again after `Retry-After` seconds.',
  },
  needs_ledger: {
    status: 409,
    title: 'Ledger required',
    doc: 'Without `ledger` in the jobs file it is unknown which runs are open and which run a task belongs to, so open runs can’t be listed and nothing can be cancelled.',
  },
  run_rejected: {
    status: 409,
    title: 'The run was refused',
    doc: 'Refused by a rule of the jobs file (`overlap: reject`), by an operator, by a caller who cancelled it, because the source server has another task, or because of something that waiting does not change, such as a size that can’t be sent exactly (`inexact_number`). `code` says which; the same key gets the same response again.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    doc: 'The limit is 262144 bytes, and 1048576 bytes for the recorded run, in which placeholders may repeat the body.',
  },
  not_json_type: { status: 415, title: 'Unsupported media type', doc: 'Send the body as `application/json` in UTF-8.' },
  content_encoding: { status: 415, title: 'Unsupported encoding', doc: 'Send the body uncompressed.' },
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
    title: 'Too many requests of this job are waiting',
    doc: 'A hundred requests of the job are already waiting. This one was not recorded. Send the same request again after `Retry-After` seconds.',
  },
  refused_field: {
    status: 400,
    title: 'Refused by the cloud because of a field of the request',
    doc: 'The cloud refused fields that the request set. `code` is the cloud’s, `run` has its request ID; its message is in the log. Nothing was created.',
  },
  refused_by_cloud: {
    status: 502,
    title: 'Refused by the cloud',
    doc: 'The cloud refused the request. `code` is its code, `run` has its request ID; its message is in the log. Nothing was created.',
  },
  refused_for_now: {
    status: 503,
    title: 'Refused by the cloud for now',
    doc: 'The cloud refuses the function’s keys, a permission is missing, or a quota is exhausted. Nothing was created, and without a ledger nothing retries it. The operator of the function must fix this; a new agency takes effect after about ten minutes. Send the same request again after `Retry-After` seconds. `code` says why.',
  },
  secret_unavailable: {
    status: 503,
    title: 'Callers cannot be authenticated now',
    doc: 'A secret in DEW that authenticates callers cannot be read, and the function knows no value of less than five minutes’ age. Nobody is let in with it, and nothing was started. Send the request again after `Retry-After` seconds. The log says why it cannot be read.',
  },
  cloud_unavailable: {
    status: 503,
    title: 'The cloud is unavailable',
    doc: 'The list of tasks cannot be read. Send the request again after `Retry-After` seconds.',
  },
  too_slow: {
    status: 503,
    title: 'No response in time',
    doc: 'Reading took longer than `WEBHOOK_ANSWER_SECONDS`. Send the request again after `Retry-After` seconds.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    doc: 'The function is not set up, its ledger cannot be used, or it has a bug. The log has details under `request_id`.',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemName = keyof typeof PROBLEM_TYPES;
