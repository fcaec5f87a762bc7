/**
 * The parameters of an API operation as data: one table per action states names, types, limits and who must give them.
 * The check of the jobs file, the check of a filled action, the JSON Schema for editors and the tests all read the same table.
 */

interface FieldBase {
  /** Mandatory on the API page (or in fact: then `doc` says so). */
  readonly must?: true;
  /** One line for editors and the reference: meaning, unit, caveat. */
  readonly doc: string;
  /** Accepted and sent, with this warning. */
  readonly warn?: string;
  /**
   * Decides where data or a password goes, with all that is in it: targets, ids, addresses, ports, regions. Nobody from outside fills it. Where a
   * text may stand for it, as a target's name does, that text as well.
   */
  readonly destination?: true;
}

export interface StringField extends FieldBase {
  readonly type: 'string';
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  /** A regular expression that the whole value matches, and what to call it in a message. */
  readonly pattern?: { readonly source: string; readonly as: string };
  readonly nullable?: true;
  /** Key of an object: what comes from outside may not lead out of its folder. */
  readonly objectKey?: true;
}

/** A password: only a reference is accepted, and the value itself never stands in a file. */
interface SecretField extends FieldBase {
  readonly type: 'secret';
}

export interface IntegerField extends FieldBase {
  readonly type: 'integer';
  readonly min: number;
  /** At most `Number.MAX_SAFE_INTEGER`, whatever the page says: what is above it would be rounded. */
  readonly max: number;
  /** The API wants text: a number is accepted, and sent as a string. */
  readonly sendAs?: 'string';
}

export interface NumberField extends FieldBase {
  readonly type: 'number';
  readonly min: number;
  readonly max: number;
}

interface BooleanField extends FieldBase {
  readonly type: 'boolean';
}

export interface ObjectField extends FieldBase {
  readonly type: 'object';
  readonly fields: FieldTable;
}

export interface ListField extends FieldBase {
  readonly type: 'list';
  readonly min?: number;
  readonly max?: number;
  readonly of: Field;
}

export type Field = StringField | SecretField | IntegerField | NumberField | BooleanField | ObjectField | ListField;

export type FieldTable = { readonly [name: string]: Field };
