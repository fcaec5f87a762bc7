import { DURATION } from '../schema/duration.ts';
import type { Field, FieldTable, StringField } from '../schema/fields.ts';

export type Schema = { readonly [key: string]: unknown };

/** Who gives a field: a file, whose texts in an action may have placeholders, or a caller, who has no placeholders and sends no secret. */
export type Giver = 'file' | 'action' | 'caller';

const PLACEHOLDER: Schema = { $ref: '#/$defs/placeholder' };

/** A field as JSON Schema: out of the tables that the check itself reads. */
export function fieldSchema(field: Field, giver: Giver): Schema {
  return {
    ...descriptionOf(field),
    ...(field.warn && giver !== 'caller' ? { deprecated: true } : {}),
    ...kindSchema(field, giver),
  };
}

/** The object of a table's fields. */
export function tableSchema(table: FieldTable, giver: Giver, required: readonly string[] = mandatory(table)): Schema {
  const fields = Object.entries(table).map(([name, field]) => [name, fieldSchema(field, giver)]);
  return objectSchema(Object.fromEntries(fields), required);
}

/** An object of these properties and no others. */
export function objectSchema(properties: Schema, required: readonly string[]): Schema {
  return { type: 'object', additionalProperties: false, properties, ...(required.length > 0 ? { required } : {}) };
}

/** The names of a table's mandatory fields. */
export function mandatory(table: FieldTable): string[] {
  return Object.keys(table).filter((name) => table[name]?.must);
}

/** What holds without a field, in words; `undefined` when nothing does. */
export function absentText({ absent, serviceDefault, default: value }: Field): string | undefined {
  return absent ?? serviceDefault ?? (value === undefined ? undefined : String(value));
}

function descriptionOf(field: Field): Schema {
  const doc = field.doc.replace('{absent}', absentText(field) ?? '');
  const limits = field.type === 'duration' ? ['1s to 30d.'] : [];
  const description = [doc, ...(field.needsLedger ? ['Needs a ledger.'] : []), ...limits].join(' ');
  return description === '' ? {} : { description };
}

function textSchema(field: StringField, giver: Giver): Schema {
  const type = field.nullable ? ['string', 'null'] : 'string';
  const limits = {
    ...(field.min ? { minLength: field.min } : {}),
    ...(field.max === undefined ? {} : { maxLength: field.max }),
    ...(field.values ? { enum: field.nullable ? [...field.values, null] : field.values } : {}),
    ...(field.form ? { pattern: field.form.source } : {}),
  };
  return giver === 'action' && Object.keys(limits).length > 0
    ? { anyOf: [{ type, ...limits }, PLACEHOLDER] }
    : { type, ...limits };
}

function kindSchema(field: Field, giver: Giver): Schema {
  switch (field.type) {
    case 'string':
      return textSchema(field, giver);
    case 'secret':
      return giver === 'caller' ? { not: {} } : { $ref: '#/$defs/secret' };
    case 'integer':
    case 'number': {
      const { type, min: minimum, max: maximum } = field;
      const number = { type, minimum, maximum };
      if (field.type === 'number' || !field.sendAs) return number;
      return { [giver === 'caller' ? 'oneOf' : 'anyOf']: [number, { type: 'string', pattern: '^[0-9]{1,16}$' }] };
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
      if (!exactlyOne) return { ...tableSchema(fields, giver), ...schema };
      const one = Object.entries(fields).map(([name, inner]) => tableSchema({ [name]: inner }, giver, [name]));
      return { oneOf: one, ...schema };
    }
    case 'list': {
      const { min, max } = field;
      const limits = { ...(min ? { minItems: min } : {}), ...(max === undefined ? {} : { maxItems: max }) };
      return { type: 'array', items: fieldSchema(field.of, giver), ...limits };
    }
    case 'own':
      return { ...field.schema() };
  }
}
