import { fieldsOf } from '../../transport/read-fields.ts';
import { unlessAbsent } from '../../transport/unless-absent.ts';
import { ABSENT_FUNCTION, type Fields, type FunctionGraphCalls } from './calls.ts';

/** Echoed code: nothing else in the service's messages has such a long base64 sequence. */
const CODE_ECHO = /[A-Za-z0-9+/]{120,}={0,2}/g;

/** Functions, their code and configuration. A function is identified by its URN; deleting a URN without a version deletes the whole function. */
export interface Functions {
  /** @returns `undefined` when the function or version does not exist */
  findConfig(urn: string): Promise<Fields | undefined>;
  /** Names and URNs of all functions of the project. */
  listFunctions(): Promise<readonly { readonly name: string; readonly urn: string }[]>;
  /**
   * The package with the code of a version. It has the files that were deployed, but need not have their bytes as a ZIP archive.
   *
   * @returns `undefined` when the response has none: its format is documented only by a sample (functiongraph_06_0108_1, 2025-10-31)
   */
  exportCode(urn: string): Promise<Uint8Array | undefined>;
  createFunction(body: Fields, secrets: readonly string[]): Promise<void>;
  updateCode(urn: string, body: Fields): Promise<void>;
  updateConfig(urn: string, body: Fields, secrets: readonly string[]): Promise<void>;
  /** Deletes it with all versions, aliases and triggers. @returns false when it did not exist */
  deleteFunction(urn: string): Promise<boolean>;
  /** @returns `undefined` when nothing was ever set */
  findAsyncConfig(urn: string): Promise<Fields | undefined>;
  setAsyncConfig(urn: string, body: Fields): Promise<void>;
  deleteAsyncConfig(urn: string): Promise<void>;
}

export function functionCalls({ call, change, listPages }: FunctionGraphCalls): Functions {
  return {
    findConfig: (urn) => unlessAbsent(call('showFunctionConfig', { function_urn: urn }), ABSENT_FUNCTION),

    async listFunctions() {
      const rows = await listPages('listFunctions', {}, 'functions');
      return rows.map((row) => ({ name: String(row['func_name']), urn: String(row['func_urn']) }));
    },

    async exportCode(urn) {
      return packageIn(await call('exportFunction', { function_urn: urn, type: 'code' }));
    },

    async createFunction(body, secrets) {
      await change('createFunction', { body }, { secrets: [...secrets, ...codeOf(body)] });
    },

    async updateCode(urn, body) {
      await change('updateFunctionCode', { function_urn: urn, body }, { secrets: codeOf(body) });
    },

    async updateConfig(urn, body, secrets) {
      await change('updateFunctionConfig', { function_urn: urn, body }, { secrets });
    },

    async deleteFunction(urn) {
      const deleted = change('deleteFunction', { function_urn: urn }).then(() => true);
      return (await unlessAbsent(deleted, ABSENT_FUNCTION)) ?? false;
    },

    findAsyncConfig: (urn) =>
      unlessAbsent(call('showFunctionAsyncInvokeConfig', { function_urn: urn }), { codes: [], any404: true }),

    async setAsyncConfig(urn, body) {
      await change('updateFunctionAsyncInvokeConfig', { function_urn: urn, body });
    },

    async deleteAsyncConfig(urn) {
      await unlessAbsent(change('deleteFunctionAsyncInvokeConfig', { function_urn: urn }), { codes: [], any404: true });
    },
  };
}

/** Code is treated as a secret: a response may echo it. */
function codeOf(body: Fields): readonly string[] {
  const file = fieldsOf(body['func_code'])['file'];
  return typeof file === 'string' ? [file] : [];
}

/** A ZIP archive in Base64, which begins with the signature of a file. */
const PACKAGE = /^UEsDB[A-Za-z0-9+/]+={0,2}$/;

/** The sample has the archive as the only key, with the value null. */
function packageIn(response: Fields): Uint8Array | undefined {
  const found = Object.entries(response)
    .flat()
    .find((text) => typeof text === 'string' && PACKAGE.test(text));
  return found === undefined ? undefined : Buffer.from(String(found), 'base64');
}

/** Masks pieces of code in a message from the service. */
export function withoutCode(text: string): string {
  return text.replace(CODE_ECHO, '***');
}
