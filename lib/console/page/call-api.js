import { token } from './token.js';

/**
 * Calls the API of the console's server.
 *
 * @param {'GET' | 'PUT' | 'POST' | 'DELETE'} method
 * @param {string} path
 * @param {{ readonly json?: unknown, readonly bytes?: Blob }} [content]
 * @returns {Promise<unknown>} the JSON of the response
 * @throws {Error} if it refuses or does not respond; the message is for people
 */
export async function callApi(method, path, { json, bytes } = {}) {
  /** @type {Record<string, string>} */
  const headers = method === 'GET' ? {} : { 'x-console': '1' };
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  if (json !== undefined) headers['content-type'] = 'application/json';
  if (bytes !== undefined) headers['content-type'] = 'application/octet-stream';
  const body = json === undefined ? bytes : JSON.stringify(json);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, { method, headers, ...(body === undefined ? {} : { body }) });
  } catch (cause) {
    throw new Error('The console does not respond. Is it still running?', { cause });
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  throw new Error(`${response.status < 500 ? 'Refused' : 'Failed'} (${response.status}): ${detailOf(text)}`);
}

/** @param {string} text */
function detailOf(text) {
  try {
    const { detail, title } = JSON.parse(text);
    return String(detail ?? title);
  } catch {
    return text;
  }
}
