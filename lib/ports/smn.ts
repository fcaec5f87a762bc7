export interface SmnService {
  /** PublishMessage. `subject` at most 512 bytes, `message` at most 256 KB. @returns the message's id */
  publish(topicUrn: string, subject: string, message: string): Promise<string>;
}
