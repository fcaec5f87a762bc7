/** The id of a region, as in the region lists of the SDKs: `ap-southeast-3`, `my-kualalumpur-1`, `cn-north-east-1`. */
export const REGION = /^[a-z]{2}(?:-[a-z]+)+-[0-9]{1,3}$/;
