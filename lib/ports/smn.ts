/** Limit of a message's subject, in bytes of UTF-8 (SMN API reference, PublishMessage). */
export const MAX_SUBJECT_BYTES = 512;

export interface SmnService {
  /** PublishMessage. `subject` at most `MAX_SUBJECT_BYTES`, `message` at most 256 KB. @returns the message's id */
  publish(topicUrn: string, subject: string, message: string): Promise<string>;
}
