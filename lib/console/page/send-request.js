/** @import { GatewayResponse, RequestBody } from '../wire-system.ts' */
/** @import { Store } from './store.js' */
import { callApi } from './call-api.js';
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
  const responseView = byId('request-response', HTMLElement);
  const responseBody = byId('request-response-body', HTMLPreElement);

  const suggest = () => {
    const info = store.requests.find((request) => request.job === job.value);
    if (!info) return;
    setText(
      accepts,
      `Callers may set ${info.accepts.length === 0 ? 'nothing' : info.accepts.join(', ')}. Authentication: ${info.auth}.`,
    );
    body.value = Object.keys(info.sample_body).length === 0 ? '' : JSON.stringify(info.sample_body, null, 2);
  };
  job.addEventListener('input', suggest);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(result, async () => {
      responseView.hidden = true;
      const response = /** @type {GatewayResponse} */ (
        await callApi('POST', '/api/requests', { json: readRequest(job.value, body.value, key.value) })
      );
      setText(responseBody, prettyJson(response.body));
      responseView.hidden = response.body === '';
      return `Response: ${response.status}.`;
    });
  });
  let known = '';
  store.show(['snapshot'], () => {
    const now = JSON.stringify(store.requests);
    if (now === known) return;
    known = now;
    const jobs = store.requests.map((request) => request.job);
    setOptions(job, jobs);
    if (store.requests.length === 0) setText(accepts, 'No job has a request trigger.');
    suggest();
  });
}

/**
 * @param {string} job
 * @param {string} body
 * @param {string} key
 * @returns {RequestBody}
 * @throws {Error} if the body is not valid JSON
 */
function readRequest(job, body, key) {
  const withKey = key === '' ? {} : { idempotency_key: key };
  if (body.trim() === '') return { job, ...withKey };
  try {
    return { job, body: JSON.parse(body), ...withKey };
  } catch (cause) {
    throw new Error(`The body is not valid JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
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
