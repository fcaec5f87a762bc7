import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatFacts } from '../../scripts/parity/format-facts.ts';
import { readClient } from '../../scripts/parity/sdk-client.ts';
import { SdkModels } from '../../scripts/parity/sdk-models.ts';

/** In the form of the generated sources; names and fields are made up. */
const FILES = {
  'BoxClient.ts': `
    public packBox(packBoxRequest?: PackBoxRequest): Promise<PackBoxResponse> {
        const options = ParamCreater().packBox(packBoxRequest);
        options['responseHeaders'] = ['X-Box-Id'];
    }
    public listBoxes(): Promise<ListBoxesResponse> {
        const options = ParamCreater().listBoxes();
        options['responseHeaders'] = [''];
    }
export const ParamCreater = function () {
    return {
        packBox(packBoxRequest?: PackBoxRequest) {
            const options = {
                method: "POST",
                url: "/v1/{shelf_id}/boxes",
            };
            localVarQueryParameter['dry_run'] = dryRun;
            localVarHeaderParameter['X-Lang'] = String(xLang);
            throw new RequiredError('body','Required parameter body was null or undefined when calling body.');
            localVarHeaderParameter['Content-Type'] = 'application/json';
            options.pathParams = { 'shelf_id': shelfId, };
        },
        listBoxes() {
            const options = {
                method: "GET",
                url: "/v1/boxes",
            };
        },
    }
}
`,
  'model/PackBoxRequest.ts': `
export class PackBoxRequest {
    private 'shelf_id'?: string;
    private 'dry_run'?: boolean;
    private 'X-Lang'?: string;
    public body?: PackBoxBody;
    public constructor(shelfId?: string) { 
        this['shelf_id'] = shelfId;
    }
}
`,
  'model/PackBoxBody.ts': `
export class PackBoxBody {
    public size?: PackBoxBodySizeEnum | number;
    public items?: Array<Item>;
    private 'labels'?: { [key: string]: Array<string>; };
    public constructor(items?: Array<Item>) { 
        this['items'] = items;
    }
}
export enum PackBoxBodySizeEnum {
    NUMBER_1 = 1,
    NUMBER_2 = 2
}
`,
  'model/Item.ts': `
export class Item {
    public kind?: ItemKindEnum | string;
    public constructor() { 
    }
}
export enum ItemKindEnum {
    CUP = 'cup',
    HTTP = 'it''s'
}
`,
  'model/PackBoxResponse.ts': `
export class PackBoxResponse extends SdkResponse {
    public id?: string;
    public constructor() { 
    }
}
`,
  'model/ListBoxesResponse.ts': `
export class ListBoxesResponse extends SdkResponse {
    public body?: Array<Item>;
    public constructor() { 
    }
}
`,
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sdk-'));
  mkdirSync(join(folder, 'model'));
  for (const [file, text] of Object.entries(FILES)) writeFileSync(join(folder, file), text);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('readClient', () => {
  it('reads method, path, parameters, body and response of each operation', () => {
    expect(readClient(folder, new SdkModels(join(folder, 'model')))).toEqual([
      {
        name: 'PackBox',
        method: 'POST',
        path: '/v1/{shelf_id}/boxes',
        query: { dry_run: { type: 'boolean' } },
        headers: { 'X-Lang': { type: 'string' } },
        body: 'PackBoxBody',
        bodyIsMandatory: true,
        response: 'PackBoxResponse',
        responseHeaders: ['X-Box-Id'],
      },
      { name: 'ListBoxes', method: 'GET', path: '/v1/boxes', response: 'Item[]' },
    ]);
  });
});

describe('SdkModels', () => {
  it('collects a type and the types in it, with enums and what is mandatory', () => {
    const types = {};
    new SdkModels(join(folder, 'model')).collect('PackBoxBody', types);

    expect(types).toEqual({
      PackBoxBody: {
        size: { type: 'number', enum: [1, 2] },
        items: { type: 'Item[]', required: true },
        labels: { type: '{string[]}' },
      },
      Item: { kind: { type: 'string', enum: ['cup', "it''s"] } },
    });
  });
});

describe('formatFacts', () => {
  it('writes JSON with one operation and one field on a line', () => {
    const source = { folder: 'box/v1', version: '3.1.209', date: '2026-08-06' };
    const text = formatFacts({
      source,
      operations: [{ name: 'ListBoxes', method: 'GET', path: '/v1/boxes' }],
      types: { Item: { kind: { type: 'string' }, size: { type: 'number', required: true } } },
    });

    expect(text.split('\n')).toHaveLength(13);
    expect(text).toContain('\n      "size": {"type":"number","required":true}\n');
  });
});
