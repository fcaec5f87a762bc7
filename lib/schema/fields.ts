import type { SecretReference } from '../kernel/secret.ts';
import type { Findings, Path } from './findings.ts';

/**
 * The keys of a jobs file as data: one table per object states names, types, limits, defaults and who must give them. Those of an action are
 * the parameters of its API operation. The check of the jobs file, the check of a filled action, the types of a checked job, the JSON Schema
 * for editors, docs/jobs-file.md and the tests all read the same table.
 */

interface FieldBase {
  /** Mandatory on the API page (or in fact: then `doc` says so). */
  readonly required?: true;
  /** One line for editors and the reference: meaning, unit, caveat. `{absent}` stands for what holds without the field. */
  readonly doc: string;
  /** What holds without it, as a file would say it: the check puts it in. */
  readonly default?: unknown;
  /** What holds without it in words, where no `default` says it. */
  readonly absent?: string;
  /** What the service takes when it is not sent. */
  readonly serviceDefault?: string;
  /** An example for the reference. Of an object that has none, the examples of its fields. */
  readonly sample?: unknown;
  /** It needs memory: refused in a file without a ledger. */
  readonly needsLedger?: true;
  /** What its checked value is called. Default: as the field. */
  readonly property?: string;
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
  /** The form of the whole text, and what to call it in a message. Without `as` it is for the schema, and `problem` judges. */
  readonly pattern?: RegExp;
  readonly expected?: string;
  /** What is wrong with a text, as a message goes on; asked before anything else. */
  readonly problem?: (text: string) => string | undefined;
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

/** This value and no other. */
interface ConstField extends FieldBase {
  readonly type: 'const';
  readonly value: string | number;
}

/** One of a few words. */
interface EnumField extends FieldBase {
  readonly type: 'enum';
  readonly values: readonly string[];
}

/** Some of a few words, at least one, each once. */
export interface NamesField extends FieldBase {
  readonly type: 'names';
  readonly values: readonly string[];
}

/** `30s`, `5m`, `6h`, `7d`; its value has milliseconds. */
interface DurationField extends FieldBase {
  readonly type: 'duration';
}

export interface ObjectField extends FieldBase {
  readonly type: 'object';
  /** What to call it in a message. Default: `an object`. */
  readonly expected?: string;
  /** Of its fields one is given. */
  readonly exactlyOne?: true;
  /** Rules between its fields: they get it as it was given, and as it was checked. */
  readonly rules?: (
    given: Readonly<Record<string, unknown>>,
    checked: Readonly<Record<string, unknown>>,
    path: Path,
    found: Findings,
  ) => void;
  /** What its JSON Schema says beside its fields. */
  readonly schema?: object;
  readonly fields: FieldTable;
}

export interface ListField extends FieldBase {
  readonly type: 'list';
  readonly min?: number;
  readonly max?: number;
  readonly of: Field;
}

/** What no other type describes: it brings its own check, which reports what is wrong and gives the value, and its own JSON Schema. */
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

/** The checked values of what is always the same, by type. */
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
