import type { CloudCode } from '../../kernel/codes.ts';

/** Marks a string from a service or the network as a cloud code. The only place that does so. */
export function asCloudCode(text: string): CloudCode {
  return text as CloudCode;
}
