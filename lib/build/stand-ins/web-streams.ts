/** In place of `node:stream/web`, which middy loads for answers that are streams: ours never are. Nothing is an instance of it. */
export class ReadableStream {
  /** @throws {Error} always */
  constructor() {
    throw new Error('node:stream/web is not in this bundle; answers are not streams');
  }
}
