import type { CloudCode } from '../../kernel/codes.ts';

/** What a service or the network gave as its code, as such: nothing else makes one of a text. */
export function asCloudCode(text: string): CloudCode {
  return text as CloudCode;
}
