/** What was read of a file. */
export interface FileBytes {
  /** Of the whole, in bytes. */
  readonly size: number;
  /** The first bytes: all of them where there are no more than were asked for. */
  readonly head: Buffer;
  /** The last bytes, where the head is not all. Absent: they were not read. */
  readonly tail?: Buffer;
}
