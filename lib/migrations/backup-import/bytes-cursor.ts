/** Thrown when the bytes end before what was expected. */
export class EndOfBytes extends Error {}

/** Reads bytes sequentially. */
export class BytesCursor {
  readonly #bytes: Buffer;
  /** How many bytes were read. */
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get isOver(): boolean {
    return this.at >= this.#bytes.length;
  }

  /** @throws {EndOfBytes} when there are fewer; the cursor is then at the end */
  take(count: number): Buffer {
    const end = this.at + count;
    const taken = this.#bytes.subarray(this.at, end);
    this.at = Math.min(end, this.#bytes.length);
    if (taken.length < count) throw new EndOfBytes(`${count} bytes were expected`);
    return taken;
  }

  byte(): number {
    return this.take(1).readUInt8();
  }

  /** The bytes before `mark`, which is skipped. @throws {EndOfBytes} when there is no `mark` */
  until(mark: string): Buffer {
    const end = this.#bytes.indexOf(mark, this.at, 'latin1');
    if (end < 0) {
      this.at = this.#bytes.length;
      throw new EndOfBytes(`${JSON.stringify(mark)} was expected`);
    }
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end + mark.length;
    return taken;
  }
}
