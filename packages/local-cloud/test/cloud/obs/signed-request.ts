import { createHmac } from 'node:crypto';
import { stringToSignV2 } from '../../../src/cloud/obs/signature-v2.ts';
import { ACCOUNT } from '../caller.ts';

export interface SignedRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** @default 'OBS' */
  readonly scheme?: 'OBS' | 'AWS';
}

export interface ReceivedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends a request to OBS, signed with the keys of the test account. */
export async function sendSigned(
  obsUrl: string,
  method: string,
  pathAndQuery: string,
  { headers = {}, body, scheme = 'OBS' }: SignedRequest = {},
): Promise<ReceivedResponse> {
  const [path = '', query = ''] = pathAndQuery.split(/\?(.*)/s);
  const sent = { 'content-type': 'application/xml', date: new Date().toUTCString(), ...headers };
  const text = stringToSignV2(
    { method, path, query, headers: sent },
    scheme === 'OBS' ? 'x-obs-' : 'x-amz-',
    sent.date,
  );
  const signature = createHmac('sha1', ACCOUNT.secretKey).update(text).digest('base64');
  const response = await fetch(`${obsUrl}${pathAndQuery}`, {
    method,
    headers: { ...sent, authorization: `${scheme} ${ACCOUNT.accessKey}:${signature}` },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The code of an error response; undefined if there is none. */
export function codeOf({ text }: ReceivedResponse): string | undefined {
  return /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
}
