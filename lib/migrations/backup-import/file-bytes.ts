/** The bytes that were read of a file. */
export interface FileBytes {
  /** Size of the whole file, in bytes. */
  readonly size: number;
  /** The first bytes; all of them if the file is short enough. */
  readonly head: Buffer;
  /** The last bytes, if the head is not the whole file. Absent: they were not read. */
  readonly tail?: Buffer;
}
