import type { Field, FieldTable, ObjectField } from '../schema/fields.ts';
import type { Path } from '../schema/findings.ts';
import type { ActionKind } from './action.ts';
import { ACTIONS } from './actions.ts';

/** All keys of an action in a jobs file: those of the API and our own. */
export function allFields(kind: ActionKind): FieldTable {
  const { fields, ownKeys, ownKeysIn = {} } = ACTIONS[kind];
  const withOwn = Object.entries(ownKeysIn).map(([name, own]): [string, Field] => {
    const field = fields[name] as ObjectField;
    return [name, { ...field, fields: { ...field.fields, ...own } }];
  });
  return { ...fields, ...ownKeys, ...Object.fromEntries(withOwn) };
}

/** The known fields along a path in an action, outermost first. */
export function fieldsAlong(kind: ActionKind, path: Path): Field[] {
  const along: Field[] = [];
  let table: FieldTable = allFields(kind);
  for (const key of path) {
    const field = typeof key === 'string' && Object.hasOwn(table, key) ? table[key] : undefined;
    if (field) along.push(field);
    // An index leads to an item of the list before it.
    const inner = field?.type === 'list' ? field.of : field;
    if (inner?.type === 'object') table = inner.fields;
    else if (typeof key === 'string') return along;
  }
  return along;
}
