import { objectsOf } from '../../transport/read-fields.ts';
import { unusableResponse } from '../../transport/unusable-response.ts';
import type { Fields, FunctionGraphCalls } from './calls.ts';

/** Tags of functions. A URN is without a version. */
export interface Tags {
  listTags(urn: string): Promise<ReadonlyMap<string, string>>;
  /** Adds tags, and replaces the values of those that exist. */
  setTags(urn: string, tags: ReadonlyMap<string, string>): Promise<void>;
  deleteTags(urn: string, keys: readonly string[]): Promise<void>;
}

export function tagCalls({ call, change }: FunctionGraphCalls): Tags {
  const of = (urn: string): Fields => ({ resource_type: 'functions', resource_id: urn });
  return {
    async listTags(urn) {
      const { tags } = await call('listFunctionTags', of(urn));
      const rows = objectsOf(tags);
      if (!rows) {
        throw unusableResponse('FUNCTIONGRAPH', 'listFunctionTags', 'not_a_list', 'the response has no list tags');
      }
      return new Map(rows.map(({ key, value }) => [String(key), String(value ?? '')]));
    },

    async setTags(urn, tags) {
      const body = { action: 'create', tags: [...tags].map(([key, value]) => ({ key, value })) };
      await change('createTags', { ...of(urn), body });
    },

    async deleteTags(urn, keys) {
      const body = { action: 'delete', tags: keys.map((key) => ({ key })) };
      await change('deleteTags', { ...of(urn), body });
    },
  };
}
