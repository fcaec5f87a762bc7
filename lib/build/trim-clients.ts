import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Plugin } from 'esbuild';
import { ThinDcsClient } from '../cloud/dcs/thin-dcs-client.ts';
import { ThinSmsClient } from '../cloud/sms/thin-sms-client.ts';
import { onlyClient, onlyOperations, UnknownShape } from './only-operations.ts';

/** The generated clients, and the operations that are used: those that the thin clients have. */
export const CLIENTS = [
  { name: 'huaweicloud-sdk-dcs', className: 'DcsClient', operations: operationsOf(ThinDcsClient) },
  { name: 'huaweicloud-sdk-sms', className: 'SmsClient', operations: operationsOf(ThinSmsClient) },
] as const;

/**
 * Leaves out what is not used of the official generated clients, which is most of them: operations, with the code that builds their requests, and
 * models. A client that is not as the generator is known to make it is bundled whole, with a warning.
 */
export const trimClients: Plugin = {
  name: 'trim-clients',
  setup({ onLoad }) {
    for (const { name, className, operations } of CLIENTS) {
      const filter = new RegExp(`/@huaweicloud/${name}/v\\d+/(public-api|${className})\\.js$`);
      onLoad({ filter }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        try {
          return {
            contents: await (basename(path) === 'public-api.js'
              ? onlyClient(source, className)
              : onlyOperations(source, { className, operations })),
          };
        } catch (error) {
          if (!(error instanceof UnknownShape)) throw error;
          const text = `All of ${name} is bundled, because ${path} is not what the generator is known to make: ${error.message}`;
          return { contents: source, warnings: [{ text }] };
        }
      });
    }
  },
};

function operationsOf({ prototype }: { readonly prototype: object }): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
}
