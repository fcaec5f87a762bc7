import { readFileSync } from 'node:fs';

/** A field of a body, a query, the headers or a response. */
export interface FactsField {
  /** `string`, `number`, `boolean`, `object`, the name of a type; with `[]` for a list, in braces for a map. */
  readonly type: string;
  readonly required?: boolean;
  readonly enum?: readonly (string | number)[];
}

export type FactsFields = Readonly<Record<string, FactsField>>;

/** A documented operation.  */
export interface FactsOperation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly query?: FactsFields;
  readonly headers?: FactsFields;
  /** The type of the body. */
  readonly body?: string;
  readonly bodyIsMandatory?: boolean;
  /** The type of the response. */
  readonly response?: string;
  readonly responseHeaders?: readonly string[];
}

/** What the models of the public SDK say about a service. Written by `npm run parity`. */
export interface Facts {
  readonly source: {
    /** In the repository, below `services`. */
    readonly folder: string;
    readonly version: string;
    /** Of the release, `YYYY-MM-DD`. */
    readonly date: string;
  };
  readonly operations: readonly FactsOperation[];
  /** The fields of each type that a body or a response uses. */
  readonly types: Readonly<Record<string, FactsFields>>;
}

/** Of a service with a generated SDK model; OBS has none. */
export type FactsFile = 'dcs' | 'sms' | 'functiongraph' | 'iam' | 'iam-v5' | 'smn' | 'csms' | 'ces' | 'ecs';

export function readFacts(file: FactsFile): Facts {
  return JSON.parse(readFileSync(new URL(`${file}.json`, import.meta.url), 'utf8')) as Facts;
}
