/** A task that was just created. A response without an id is not a success: the call throws with outcome `unknown`. */
export interface CreatedTask {
  readonly id: string;
  /** As returned by the service; absent if it is not in the response. */
  readonly status?: string;
  /** Set when the service created the task and reported in the same response that it failed. */
  readonly error?: string;
  /** The cloud's request id. */
  readonly requestId?: string;
}
