import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FactsField, FactsOperation } from '../../packages/local-cloud/parity/facts.ts';
import { quotedNames } from './quoted-names.ts';
import type { SdkModels } from './sdk-models.ts';

/** The operations of a client: one builder function for each, in `ParamCreater`. */
export function readClient(folder: string, models: SdkModels): FactsOperation[] {
  const client = readdirSync(folder).find((name) => name.endsWith('Client.ts')) ?? '';
  const text = readFileSync(path.join(folder, client), 'utf8');
  const at = text.indexOf('export const ParamCreater');
  const results = new Map(
    [...text.slice(0, at).matchAll(/^ {4}public (\w+)\((?:\w+\?: (\w+))?\): Promise<(\w+)> \{/gm)].map(
      ([, name = '', request, response]) => [name, { request, response }],
    ),
  );
  const headersOf = new Map(
    [...text.slice(0, at).matchAll(/ParamCreater\(\)\.(\w+)\([\s\S]*?\['responseHeaders'\] = \[(.*?)\];/g)].map(
      ([, name = '', list = '']) => [name, quotedNames(list)],
    ),
  );
  return [...text.slice(at).matchAll(/^ {8}(\w+)\(.*\) \{\n([\s\S]*?)^ {8}\},?$/gm)].map(([, name = '', code = '']) => {
    const { request, response = '' } = results.get(name) ?? {};
    return readOperation(name, code, models.fields(request ?? ''), models.result(response), headersOf.get(name) ?? []);
  });
}

function readOperation(
  name: string,
  code: string,
  request: Readonly<Record<string, FactsField>>,
  response: string | undefined,
  responseHeaders: readonly string[],
): FactsOperation {
  const [, method = ''] = /method: "(\w+)"/.exec(code) ?? [];
  const [, url = ''] = /url: "(.*?)"/.exec(code) ?? [];
  const pick = (list: readonly string[]) =>
    Object.fromEntries(list.flatMap((field) => (request[field] === undefined ? [] : [[field, request[field]]])));
  const query = pick(
    quotedNames([...code.matchAll(/localVarQueryParameter\[('.*?')\]/g)].map(([, found]) => found).join()),
  );
  const headers = pick(
    quotedNames([...code.matchAll(/localVarHeaderParameter\[('.*?')\]/g)].map(([, found]) => found).join()),
  );
  const { body } = request;
  return {
    name: name.charAt(0).toUpperCase() + name.slice(1),
    method,
    path: url,
    ...(Object.keys(query).length === 0 ? {} : { query }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(body === undefined ? {} : { body: body.type, bodyIsMandatory: code.includes("RequiredError('body'") }),
    ...(response === undefined ? {} : { response }),
    ...(responseHeaders.length === 0 ? {} : { responseHeaders }),
  };
}
