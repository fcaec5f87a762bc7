import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FactsField } from '../../packages/local-cloud/parity/facts.ts';
import { quotedNames } from './quoted-names.ts';

/** The model classes of a folder, one file each. */
export class SdkModels {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The fields of a class; none if the class does not exist. */
  fields(name: string): Record<string, FactsField> {
    const file = path.join(this.#folder, `${name}.ts`);
    if (!existsSync(file)) return {};
    const text = readFileSync(file, 'utf8');
    const [, setup = ''] = /constructor\(.*\{([\s\S]*?)^ {4}\}/m.exec(text) ?? [];
    const mandatory = new Set(quotedNames([...setup.matchAll(/this\[('.*?')\]/g)].map(([, found]) => found).join()));
    const declared = text.matchAll(/^ {4}(?:private|public) '?([^'()\s?]+)'?\?: (.+);$/gm);
    return Object.fromEntries(
      [...declared].map(([, field = '', type = '']) => [field, readField(text, type, mandatory.has(field))]),
    );
  }

  /** The type of a response: the class, or what it wraps as `body`; undefined if it has no fields. */
  result(name: string): string | undefined {
    const fields = this.fields(name);
    return fields['body']?.type ?? (Object.keys(fields).length === 0 ? undefined : name);
  }

  /** Adds the classes that a type consists of. */
  collect(type: string, types: Record<string, Record<string, FactsField>>): void {
    for (const [name] of type.matchAll(/[A-Z]\w+/g)) {
      if (types[name] !== undefined) continue;
      const fields = this.fields(name);
      if (Object.keys(fields).length === 0) continue;
      types[name] = fields;
      for (const field of Object.values(fields)) this.collect(field.type, types);
    }
  }
}

/** `Array<X>` becomes `X[]`, a map `{ [key: string]: X; }` becomes `{X}`, an enum the type of its values. */
function readField(text: string, declared: string, required: boolean): FactsField {
  const [enumName] = /\w+Enum\b/.exec(declared) ?? [];
  const [, values = ''] = enumName === undefined ? [] : (new RegExp(`enum ${enumName} \\{([^}]*)\\}`).exec(text) ?? []);
  const allowed = [...values.matchAll(/= ('?)(.*?)\1,?$/gm)].map(([, quote, value = '']) =>
    quote === '' ? Number(value) : value,
  );
  let type = declared.replace(/Array<\w+Enum> \| /, '').replace(/\w+Enum \| /, '');
  for (let last = ''; last !== type; ) {
    last = type;
    type = type.replace(/Array<([^<>]*)>/, '$1[]').replace(/\{ \[key: string\]: ([^:;]*); \}/, '{$1}');
  }
  return { type, ...(required ? { required } : {}), ...(allowed.length === 0 ? {} : { enum: allowed }) };
}
