/** Replaces `node:stream/web`, which middy loads for streamed responses; ours are never streams, so nothing is an instance of it. */
export class ReadableStream {
  /** @throws {Error} always */
  constructor() {
    throw new Error('node:stream/web is not in this bundle; responses are not streams');
  }
}
