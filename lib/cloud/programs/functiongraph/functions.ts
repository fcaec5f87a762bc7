import { fieldsOf } from '../../transport/read-fields.ts';
import { unlessAbsent } from '../../transport/unless-absent.ts';
import { ABSENT_FUNCTION, type Fields, type FunctionGraphCalls } from './calls.ts';

/** What echoes code: no other text of the service has such a run. */
const CODE_ECHO = /[A-Za-z0-9+/]{120,}={0,2}/g;

/** Functions, their code and configuration. A function is named by its URN; one without a version means all of it where something is deleted. */
export interface Functions {
  /** @returns `undefined` when there is no such function or version */
  findConfig(urn: string): Promise<Fields | undefined>;
  /** Names and URNs of all functions of the project. */
  listFunctions(): Promise<readonly { readonly name: string; readonly urn: string }[]>;
  createFunction(body: Fields, secrets: readonly string[]): Promise<void>;
  updateCode(urn: string, body: Fields): Promise<void>;
  updateConfig(urn: string, body: Fields, secrets: readonly string[]): Promise<void>;
  /** All versions, aliases and triggers with it. @returns false when there was none */
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
      unlessAbsent(call('showFunctionAsyncInvokeConfig', { function_urn: urn }), { codes: [], or404: true }),

    async setAsyncConfig(urn, body) {
      await change('updateFunctionAsyncInvokeConfig', { function_urn: urn, body });
    },

    async deleteAsyncConfig(urn) {
      await unlessAbsent(change('deleteFunctionAsyncInvokeConfig', { function_urn: urn }), { codes: [], or404: true });
    },
  };
}

/** Code is told nobody: neither whole, nor the pieces of it that an answer may repeat. */
function codeOf(body: Fields): readonly string[] {
  const file = fieldsOf(body['func_code'])['file'];
  return typeof file === 'string' ? [file] : [];
}

/** A text of the service without pieces of code. */
export function withoutCode(text: string): string {
  return text.replace(CODE_ECHO, '***');
}
