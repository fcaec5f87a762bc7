import { DURATION } from '../schema/duration.ts';
import type { Field, FieldTable, StringField } from '../schema/fields.ts';

export type Schema = { readonly [key: string]: unknown };

/** Who sets a field: a file, whose strings in an action may have placeholders, or a caller, who has no placeholders and sends no secrets. */
export type Author = 'file' | 'action' | 'caller';

const PLACEHOLDER: Schema = { $ref: '#/$defs/placeholder' };

/** The JSON Schema of a field, from the tables that the check uses. */
export function fieldSchema(field: Field, author: Author): Schema {
  return {
    ...descriptionOf(field),
    ...(field.warn && author !== 'caller' ? { deprecated: true } : {}),
    ...kindSchema(field, author),
  };
}

/** The JSON Schema of an object with a table's fields. */
export function tableSchema(
  table: FieldTable,
  author: Author,
  required: readonly string[] = requiredFields(table),
): Schema {
  const fields = Object.entries(table).map(([name, field]) => [name, fieldSchema(field, author)]);
  return objectSchema(Object.fromEntries(fields), required);
}

/** The JSON Schema of an object with these properties and no others. */
export function objectSchema(properties: Schema, required: readonly string[]): Schema {
  return { type: 'object', additionalProperties: false, properties, ...(required.length > 0 ? { required } : {}) };
}

/** The names of a table's required fields. */
export function requiredFields(table: FieldTable): string[] {
  return Object.keys(table).filter((name) => table[name]?.required);
}

/** The default of a field, in words; `undefined` when it has none. */
export function defaultText({ absent, serviceDefault, default: value }: Field): string | undefined {
  return absent ?? serviceDefault ?? (value === undefined ? undefined : String(value));
}

function descriptionOf(field: Field): Schema {
  const doc = field.doc.replace('{absent}', defaultText(field) ?? '');
  const limits = field.type === 'duration' ? ['From 1s to 30d.'] : [];
  const description = [doc, ...(field.needsLedger ? ['Needs a ledger.'] : []), ...limits].join(' ');
  return description === '' ? {} : { description };
}

function stringSchema(field: StringField, author: Author): Schema {
  const type = field.nullable ? ['string', 'null'] : 'string';
  const limits = {
    ...(field.min ? { minLength: field.min } : {}),
    ...(field.max === undefined ? {} : { maxLength: field.max }),
    ...(field.values ? { enum: field.nullable ? [...field.values, null] : field.values } : {}),
    ...(field.pattern ? { pattern: field.pattern.source } : {}),
  };
  return author === 'action' && Object.keys(limits).length > 0
    ? { anyOf: [{ type, ...limits }, PLACEHOLDER] }
    : { type, ...limits };
}

function kindSchema(field: Field, author: Author): Schema {
  switch (field.type) {
    case 'string':
      return stringSchema(field, author);
    case 'secret':
      return author === 'caller' ? { not: {} } : { $ref: '#/$defs/secret' };
    case 'integer':
    case 'number': {
      const { type, min: minimum, max: maximum } = field;
      const number = { type, minimum, maximum };
      if (field.type === 'number' || !field.sendAs) return number;
      return { [author === 'caller' ? 'oneOf' : 'anyOf']: [number, { type: 'string', pattern: '^[0-9]{1,16}$' }] };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'const':
      return { const: field.value };
    case 'enum':
      return { enum: field.values };
    case 'names':
      return { type: 'array', minItems: 1, uniqueItems: true, items: { enum: field.values } };
    case 'duration':
      return { type: 'string', pattern: DURATION.source };
    case 'object': {
      const { fields, exactlyOne, schema } = field;
      if (!exactlyOne) return { ...tableSchema(fields, author), ...schema };
      const one = Object.entries(fields).map(([name, inner]) => tableSchema({ [name]: inner }, author, [name]));
      return { oneOf: one, ...schema };
    }
    case 'list': {
      const { min, max } = field;
      const limits = { ...(min ? { minItems: min } : {}), ...(max === undefined ? {} : { maxItems: max }) };
      return { type: 'array', items: fieldSchema(field.of, author), ...limits };
    }
    case 'custom':
      return { ...field.schema() };
  }
}
