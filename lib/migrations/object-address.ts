/** `obs://bucket/key`, `s3://bucket/key`, or the URL of an object, in either style. */
const ADDRESS = /^(?:obs|s3|s3a):\/\/([^/]*)(?:\/(.*))?$/i;
const HOSTED = /^https?:\/\/([a-z0-9.-]+?)\.obs\.[a-z0-9.-]+(?::\d+)?(?:\/(.*))?$/i;
const BY_PATH = /^https?:\/\/obs\.[a-z0-9.-]+(?::\d+)?\/([^/]+)(?:\/(.*))?$/i;

/** What an address of an object or bucket names; `undefined` for every other text. The key is empty when it names the bucket alone. */
function objectAddress(text: string): { readonly bucket: string; readonly key: string } | undefined {
  const [address, bucket = '', key = ''] = ADDRESS.exec(text) ?? BY_PATH.exec(text) ?? HOSTED.exec(text) ?? [];
  return address === undefined ? undefined : { bucket, key };
}

/** What is wrong with a text where a key, or a bucket, is asked for; `undefined` when it is no address. */
export function addressProblem(text: string, wanted: 'key' | 'bucket'): string | undefined {
  const address = objectAddress(text);
  if (!address) return undefined;
  const { bucket, key } = address;
  const [part, other] = wanted === 'key' ? [key, bucket] : [bucket, key];
  const beside =
    other === ''
      ? ''
      : `, and ${wanted === 'key' ? 'the bucket' : 'the key'} ${JSON.stringify(other.slice(0, 64))} where it belongs`;
  return `is an address, and only the ${wanted} is asked for; write ${JSON.stringify(part.slice(0, 64))}${beside}`;
}
