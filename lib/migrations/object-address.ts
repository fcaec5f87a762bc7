/** `obs://bucket/key`, `s3://bucket/key`, or the URL of an object, in either style. */
const ADDRESS = /^(?:obs|s3|s3a):\/\/([^/]*)(?:\/(.*))?$/i;
const HOSTED = /^https?:\/\/([a-z0-9.-]+?)\.obs\.[a-z0-9.-]+(?::\d+)?(?:\/(.*))?$/i;
const BY_PATH = /^https?:\/\/obs\.[a-z0-9.-]+(?::\d+)?\/([^/]+)(?:\/(.*))?$/i;

/** The bucket and key of an address; `undefined` for any other string. The key is empty when the address is that of a bucket. */
function objectAddress(text: string): { readonly bucket: string; readonly key: string } | undefined {
  if (!text.includes('://')) return undefined;
  const [address, bucket = '', key = ''] = ADDRESS.exec(text) ?? BY_PATH.exec(text) ?? HOSTED.exec(text) ?? [];
  return address === undefined ? undefined : { bucket, key };
}

/** What is wrong with an address in place of a key or a bucket; `undefined` when the string is not an address. */
export function addressProblem(text: string, wanted: 'key' | 'bucket'): string | undefined {
  const address = objectAddress(text);
  if (!address) return undefined;
  const { bucket, key } = address;
  const [part, other] = wanted === 'key' ? [key, bucket] : [bucket, key];
  const beside =
    other === ''
      ? ''
      : `, and put the ${wanted === 'key' ? 'bucket' : 'key'} ${JSON.stringify(other.slice(0, 64))} in its own field`;
  return `is an address, but only the ${wanted} is expected; write ${JSON.stringify(part.slice(0, 64))}${beside}`;
}
