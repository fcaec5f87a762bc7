/** A task that was just created. An answer without an id is no success: it throws with outcome `unknown`. */
export interface CreatedTask {
  readonly id: string;
  /** As the service states it; absent where the answer has none. */
  readonly status?: string;
  /** The service created the task and says at once that it failed. */
  readonly error?: string;
  /** The cloud's request id. */
  readonly requestId?: string;
}
