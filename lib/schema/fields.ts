import type { SecretReference } from '../kernel/secret-reference.ts';
import type { Findings, Path } from './findings.ts';

/**
 * The keys of a jobs file as data: one table per object with names, types, limits, defaults and which are required. The fields of an action are
 * the parameters of its API operation. The check of the jobs file, the check of a filled action, the types of a checked job, the JSON Schema
 * for editors, docs/jobs-file.md and the tests all use the same table.
 */

interface FieldBase {
  /** Required by the API page (or in practice: then `doc` says so). */
  readonly required?: true;
  /** One line for editors and the reference: meaning, unit, caveat. `{absent}` is replaced by what applies without the field. */
  readonly doc: string;
  /** The default, as written in a file. The check fills it in. */
  readonly default?: unknown;
  /** What applies without it, in words, if there is no `default`. */
  readonly absent?: string;
  /** The service's own default. */
  readonly serviceDefault?: string;
  /** An example for the reference. An object without one uses the examples of its fields. */
  readonly sample?: unknown;
  /** Refused in a file without a ledger. */
  readonly needsLedger?: true;
  /** Name of the property in the checked value. Default: the field's name. */
  readonly property?: string;
  /** Accepted and sent, with this warning. */
  readonly warn?: string;
  /**
   * The field, with everything in it, decides where data or a password goes: targets, ids, addresses, ports, regions. It is never filled from
   * outside. If a string may take its place, such as a target's name, that applies to the string too.
   */
  readonly destination?: true;
}

export interface StringField extends FieldBase {
  readonly type: 'string';
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  /** What the whole string must match. Without `expected`, it is only used for the schema, and `problem` does the check. */
  readonly pattern?: RegExp;
  readonly expected?: string;
  /** Returns what is wrong with a string, worded to follow the field's path. Called before any other check. */
  readonly problem?: (text: string) => string | undefined;
  readonly nullable?: true;
  /** It is an object key: values from outside must not lead out of its folder. */
  readonly objectKey?: true;
}

/** A password: only a reference is accepted; the value itself is never in a file. */
interface SecretField extends FieldBase {
  readonly type: 'secret';
}

export interface IntegerField extends FieldBase {
  readonly type: 'integer';
  readonly min: number;
  /** At most `Number.MAX_SAFE_INTEGER`, whatever the API page says, because larger numbers would be rounded. */
  readonly max: number;
  /** The API expects a string: a number is accepted, and sent as a string. */
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

/** Exactly this value. */
interface ConstField extends FieldBase {
  readonly type: 'const';
  readonly value: string | number;
}

/** One of a few words. */
interface EnumField extends FieldBase {
  readonly type: 'enum';
  readonly values: readonly string[];
}

/** A non-empty list of known words, without duplicates. */
export interface NamesField extends FieldBase {
  readonly type: 'names';
  readonly values: readonly string[];
}

/** `30s`, `5m`, `6h`, `7d`; the checked value is in milliseconds. */
interface DurationField extends FieldBase {
  readonly type: 'duration';
}

export interface ObjectField extends FieldBase {
  readonly type: 'object';
  /** What a message says is expected. Default: `an object`. */
  readonly expected?: string;
  /** Exactly one of its fields must be given. */
  readonly exactlyOne?: true;
  /** Rules between its fields. They receive the object as given and as checked. */
  readonly rules?: (
    given: Readonly<Record<string, unknown>>,
    checked: Readonly<Record<string, unknown>>,
    path: Path,
    found: Findings,
  ) => void;
  /** More keywords for its JSON Schema. */
  readonly schema?: object;
  readonly fields: FieldTable;
}

export interface ListField extends FieldBase {
  readonly type: 'list';
  readonly min?: number;
  readonly max?: number;
  readonly of: Field;
}

/** What no other type describes. It has its own check, which reports problems and returns the value, and its own JSON Schema. */
interface CustomField extends FieldBase {
  readonly type: 'custom';
  readonly check: (value: unknown, path: Path, found: Findings) => unknown;
  readonly schema: () => object;
}

export type Field =
  | StringField
  | SecretField
  | IntegerField
  | NumberField
  | BooleanField
  | ConstField
  | EnumField
  | NamesField
  | DurationField
  | ObjectField
  | ListField
  | CustomField;

export type FieldTable = { readonly [name: string]: Field };

/** The checked values of the simple field types. */
interface PlainValues {
  readonly string: string;
  readonly secret: SecretReference;
  readonly integer: number;
  readonly number: number;
  readonly boolean: boolean;
  readonly duration: number;
}

/** The checked value of a field. */
export type ValueOf<F extends Field> = F extends { readonly type: keyof PlainValues }
  ? PlainValues[F['type']]
  : F extends ConstField
    ? F['value']
    : F extends EnumField
      ? F['values'][number]
      : F extends NamesField
        ? readonly F['values'][number][]
        : F extends CustomField
          ? NonNullable<ReturnType<F['check']>>
          : F extends ListField
            ? readonly ValueOf<F['of']>[]
            : F extends { readonly exactlyOne: true; readonly fields: infer T extends FieldTable }
              ? { [K in keyof T]: { readonly [P in K]: ValueOf<T[P]> } }[keyof T]
              : F extends ObjectField
                ? ValuesOf<F['fields']>
                : never;

type Certain = { readonly required: true } | { readonly default: unknown };
type PropertyOf<K extends string, F> = F extends { readonly property: infer P extends string } ? P : K;

/** The checked values of a table's fields, each under its `property`. */
export type ValuesOf<T extends FieldTable> = {
  readonly [K in keyof T & string as T[K] extends Certain ? PropertyOf<K, T[K]> : never]: ValueOf<T[K]>;
} & { readonly [K in keyof T & string as T[K] extends Certain ? never : PropertyOf<K, T[K]>]?: ValueOf<T[K]> };
