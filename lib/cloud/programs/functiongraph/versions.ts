import { unlessAbsent } from '../../transport/unless-absent.ts';
import type { Fields, FunctionGraphCalls } from './calls.ts';

/** Versions and aliases of functions. */
export interface Versions {
  /** Rows with `version` and `version_description`, in no particular order. */
  listVersions(urn: string): Promise<readonly Fields[]>;
  /** @returns the row of the new version; `undefined` when nothing has changed since the last version */
  createVersion(urn: string, description: string): Promise<Fields | undefined>;
  listAliases(urn: string): Promise<readonly Fields[]>;
  createAlias(urn: string, name: string, version: string): Promise<void>;
  updateAlias(urn: string, name: string, version: string): Promise<void>;
}

export function versionCalls({ call, change, listPages }: FunctionGraphCalls): Versions {
  return {
    listVersions: (urn) => listPages('listFunctionVersions', { function_urn: urn }, 'versions'),

    createVersion: (urn, description) =>
      // FSS.1016: nothing to publish.
      unlessAbsent(change('createFunctionVersion', { function_urn: urn, body: { description } }), {
        codes: ['FSS.1016'],
      }),

    async listAliases(urn) {
      const response = await call('listVersionAliases', { function_urn: urn }, { isList: true });
      return [...(response as unknown as Fields[])];
    },

    async createAlias(urn, name, version) {
      await change('createVersionAlias', { function_urn: urn, body: { name, version } });
    },

    async updateAlias(urn, name, version) {
      await change('updateVersionAlias', { function_urn: urn, alias_name: name, body: { version } });
    },
  };
}
