import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';
import { CloudError } from '../../kernel/errors.ts';
import { type RevealedBody, revealSecrets } from './reveal-secrets.ts';
import type { CallResult, SdkClient } from './sdk-client.ts';

export interface Change {
  readonly service: string;
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** See `SdkCall`. */
  readonly resource?: string | undefined;
  readonly sdk: SdkClient;
  readonly send: (client: HcClient, body: object) => Promise<object>;
}

/**
 * Sends a body that may contain secrets, once.
 *
 * @throws {CloudError} `not_sent`, `request_not_built`, when it still contains a secret reference; otherwise as `SdkClient.call`
 */
export async function sendChange({
  service,
  operation,
  body,
  resource,
  sdk,
  send,
}: Change): Promise<CallResult<object>> {
  let revealed: RevealedBody;
  try {
    revealed = revealSecrets(body);
  } catch (cause) {
    throw new CloudError(
      {
        service,
        operation,
        outcome: 'not_sent',
        temporary: false,
        cloudCode: 'request_not_built',
        cloudMessage: (cause as Error).message,
      },
      { cause },
    );
  }
  return sdk.call({
    operation,
    kind: 'change',
    ...(resource !== undefined && { resource }),
    secrets: revealed.secrets,
    use: (client) => send(client, revealed.body),
  });
}
