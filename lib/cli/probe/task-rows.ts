import type { ProbeResponse } from '../../cloud/programs/probe-calls.ts';
import { isRecord } from '../../kernel/is-record.ts';
import { responseText } from './call-text.ts';
import { Unanswered } from './probe-world.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The body of a success. @throws {Unanswered} for any other status, and a body that is not an object */
export function bodyOf(response: ProbeResponse): Row {
  const { status, body } = response;
  if (status < 200 || status > 299) throw new Unanswered(responseText(response));
  if (!isRecord(body)) throw new Unanswered(`${responseText(response)} without a JSON object`);
  return body;
}

/** The rows of a list. @throws {Unanswered} as `bodyOf`, and if the list is missing */
export function rowsOf(response: ProbeResponse, field: string): readonly Row[] {
  const rows = bodyOf(response)[field];
  if (Array.isArray(rows) && rows.every(isRecord)) return rows;
  throw new Unanswered(`${response.service} ${response.operation}: the response has no list ${field}`);
}

/** Whether the values rise or fall from row to row; `undefined` if neither, or if all are equal. */
export function directionOf(values: readonly string[]): 'rising' | 'falling' | undefined {
  if (new Set(values).size < 2) return undefined;
  const pairs = values.slice(1).map((value, i) => [values[i] ?? '', value] as const);
  if (pairs.every(([a, b]) => a <= b)) return 'rising';
  return pairs.every(([a, b]) => a >= b) ? 'falling' : undefined;
}
