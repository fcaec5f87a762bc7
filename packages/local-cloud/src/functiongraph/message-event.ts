/** A message published to an SMN topic. */
export interface PublishedMessage {
  readonly id: string;
  readonly topicUrn: string;
  readonly subject: string;
  readonly message: string;
  /** Epoch ms. */
  readonly publishedAt: number;
}

/** The event of an SMN trigger (guide page "Event sources"; sample of the Node.js runtime). */
export function makeMessageEvent(
  { id, topicUrn, subject, message, publishedAt }: PublishedMessage,
  functionUrn: string,
  requestId: string,
): Readonly<Record<string, unknown>> {
  const at = new Date(publishedAt);
  return {
    record: [
      {
        event_version: '1.0',
        smn: {
          topic_urn: topicUrn,
          timestamp: at.toISOString(),
          message_attributes: null,
          message,
          type: 'notification',
          message_id: id,
          subject,
        },
        event_subscription_urn: functionUrn,
        event_source: 'smn',
      },
    ],
    functionname: functionUrn.split(':')[6] ?? '',
    requestId,
    timestamp: at.toUTCString(),
  };
}
