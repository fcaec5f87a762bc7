import { obsErrors } from './obs-error.ts';

/** Longer lines than any that a body in chunks has. */
const MAX_LINE_BYTES = 1024;

/** Reads lines and counted bytes, however the body was cut into parts. */
export class ByteReader {
  readonly #parts: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Uint8Array>) {
    this.#parts = body[Symbol.asyncIterator]();
  }

  /**
   * The next line, without its CRLF.
   *
   * @throws {ObsError} 400 if the body ends before the line does, or the line is too long
   */
  async line(): Promise<string> {
    let at = this.#rest.indexOf('\r\n');
    while (at < 0) {
      if (this.#rest.length > MAX_LINE_BYTES) throw obsErrors.invalidArgument('A line of the body is too long.');
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
      at = this.#rest.indexOf('\r\n');
    }
    const line = this.#rest.toString('latin1', 0, at);
    this.#rest = this.#rest.subarray(at + 2);
    return line;
  }

  /** The next bytes, in parts. @throws {ObsError} 400 if the body ends before them */
  async *bytes(count: number): AsyncGenerator<Uint8Array> {
    let missing = count;
    while (missing > 0) {
      const part = this.#rest.length > 0 ? this.#rest : await this.#next();
      const taken = part.subarray(0, missing);
      this.#rest = part.subarray(taken.length);
      missing -= taken.length;
      if (taken.length > 0) yield taken;
    }
  }

  /** Leaves the rest of the body to others. */
  async end(): Promise<void> {
    await this.#parts.return?.();
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#parts.next();
    if (done) throw obsErrors.incompleteBody('The body ends too early.');
    return Buffer.from(value.buffer, value.byteOffset, value.length);
  }
}
