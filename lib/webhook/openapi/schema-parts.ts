export type Json = Readonly<Record<string, unknown>>;

export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

export const string = (description: string, more: Json = {}): Json => ({ type: 'string', description, ...more });

export const oneOf = (description: string, values: readonly string[]): Json => ({
  enum: values,
  type: 'string',
  description,
});

export const object = (properties: Json, required: readonly string[], more: Json = {}): Json => ({
  type: 'object',
  properties,
  required,
  ...more,
});
