/** @import { RequestAnswer, RequestBody } from '../wire.ts' */
/** @import { Store } from './store.js' */
import { ask } from './ask.js';
import { byId, setOptions, setText } from './elements.js';
import { attempt } from './try-it.js';

/**
 * Sends a request for a job through the gateway.
 *
 * @param {Store} store
 */
export function makeSendRequest(store) {
  const form = byId('request-form', HTMLFormElement);
  const job = byId('request-job', HTMLSelectElement);
  const accepts = byId('request-accepts', HTMLParagraphElement);
  const body = byId('request-body', HTMLTextAreaElement);
  const key = byId('request-key', HTMLInputElement);
  const result = byId('request-result', HTMLOutputElement);
  const answered = byId('request-answer', HTMLElement);
  const answerBody = byId('request-answer-body', HTMLPreElement);

  const suggest = () => {
    const info = store.requests.find((request) => request.job === job.value);
    if (!info) return;
    setText(
      accepts,
      `A caller may set ${info.accepts.length === 0 ? 'nothing' : info.accepts.join(', ')}. Callers are known by: ${info.auth}.`,
    );
    body.value = Object.keys(info.sample_body).length === 0 ? '' : JSON.stringify(info.sample_body, null, 2);
  };
  job.addEventListener('input', suggest);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(result, async () => {
      answered.hidden = true;
      const answer = /** @type {RequestAnswer} */ (
        await ask('POST', '/api/requests', { json: readRequest(job.value, body.value, key.value) })
      );
      setText(answerBody, prettyJson(answer.body));
      answered.hidden = answer.body === '';
      return `Answered with ${answer.status}.`;
    });
  });
  let known = '';
  store.show(['snapshot'], () => {
    const now = JSON.stringify(store.requests);
    if (now === known) return;
    known = now;
    const jobs = store.requests.map((request) => request.job);
    setOptions(job, jobs);
    if (store.requests.length === 0) setText(accepts, 'No job is started by a request.');
    suggest();
  });
}

/**
 * @param {string} job
 * @param {string} body
 * @param {string} key
 * @returns {RequestBody}
 * @throws {Error} when the body is no JSON
 */
function readRequest(job, body, key) {
  const withKey = key === '' ? {} : { idempotency_key: key };
  if (body.trim() === '') return { job, ...withKey };
  try {
    return { job, body: JSON.parse(body), ...withKey };
  } catch (cause) {
    throw new Error(`The body is no JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** @param {string} text */
function prettyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
