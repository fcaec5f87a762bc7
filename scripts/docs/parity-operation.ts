import type { Deviation, Deviations } from '../../packages/local-cloud/parity/deviation.ts';
import { WHOLE } from '../../packages/local-cloud/parity/deviation.ts';
import type { RequestRow, ResponseRow, ServedOperation } from '../../packages/local-cloud/parity/parity.ts';
import { table } from './table.ts';

const REQUEST_HEADER = ['field', 'error', 'rule', 'source', 'state'];
const RESPONSE_HEADER = ['field', 'difference', 'rule', 'source', 'state'];
const DIFFERENCES = { missing: 'left out', different: 'other type or value', extra: 'added' };

/** The fields of an operation: those that are as documented in one line, a row for each rule about the others. */
export function servedSection(operation: ServedOperation, { requests, responses }: Deviations): string {
  const { name, method, path, request } = operation;
  const requestRows = [
    ...rulesOf(requests, operation).map((rule) => requestRuleRow(rule, operation)),
    ...request.filter(({ state }) => state === 'unexplained').map(({ field }) => [field.path, '', '', '', UNEXPLAINED]),
  ];
  const responseRows = [
    ...rulesOf(responses, operation).map((rule) => responseRuleRow(rule, operation)),
    ...operation.response
      .filter(({ state }) => state === 'unexplained')
      .map(({ path: at, what }) => [at, DIFFERENCES[what], '', '', UNEXPLAINED]),
  ];
  return [
    `### ${name}\n`,
    `\`${method} ${path}\`\n`,
    `${requestText(request)}\n`,
    ...(requestRows.length === 0 ? [] : [table(REQUEST_HEADER, requestRows)]),
    `${responseText(operation)}\n`,
    ...(responseRows.length === 0 ? [] : [table(RESPONSE_HEADER, responseRows)]),
  ].join('\n');
}

const UNEXPLAINED = '**unexplained**';

export function codes(paths: readonly string[]): string {
  return paths.map((path) => `\`${path}\``).join(', ');
}

function requestText(request: readonly RequestRow[]): string {
  const done = request.filter(({ state }) => state === 'done').map(({ field }) => field.path);
  if (request.length === 0) return 'Request: no documented fields.';
  return done.length === 0 ? 'Request: every field has a rule.' : `Request, done: ${codes(done)}.`;
}

function responseText({ documented, response }: ServedOperation): string {
  const differing = response.filter(({ what }) => what !== 'extra').reduce((sum, { fields }) => sum + fields, 0);
  if (documented.length === 0) return 'Response: no documented fields.';
  return `Response: ${documented.length - differing} of ${documented.length} documented fields as documented.`;
}

/** The rules for an operation, except those of several operations that have no field of this one. */
function rulesOf(rules: readonly Deviation[], operation: ServedOperation): Deviation[] {
  return rules.filter((rule) => rule.operations.includes(operation.name) && fieldsOfRule(rule, operation).length > 0);
}

/** The fields of an operation that a rule is about: those that it explains, else those that it names. */
function fieldsOfRule(rule: Deviation, { request, response, documented }: ServedOperation): string[] {
  const explained = [
    ...request.filter(({ rules }) => rules.includes(rule)).map(({ field }) => field.path),
    ...response.filter(({ rules }) => rules.includes(rule)).map(({ path }) => path),
  ];
  if (explained.length > 0) return explained;
  const known = new Set([...WHOLE, ...request.map(({ field }) => field.path), ...documented]);
  return rule.fields.filter((field) => known.has(field));
}

function requestRuleRow(rule: Deviation, operation: ServedOperation): string[] {
  const refusals = operation.request
    .filter(({ rules }) => rules.includes(rule))
    .flatMap(({ field }) => [...field.refusals, field.refusedWithout ?? []].flat());
  const errors = [...new Set(refusals.map(({ code }) => code))];
  return [codes(fieldsOfRule(rule, operation)), codes(errors), rule.rule, rule.source, stateOf(rule, 'refused')];
}

function responseRuleRow(rule: Deviation, operation: ServedOperation): string[] {
  const rows: readonly ResponseRow[] = operation.response.filter(({ rules }) => rules.includes(rule));
  const differences = [...new Set(rows.map(({ what }) => DIFFERENCES[what]))];
  const fields = codes(fieldsOfRule(rule, operation));
  return [fields, differences.join(', '), rule.rule, rule.source, stateOf(rule, 'on purpose')];
}

function stateOf({ isOpen }: Deviation, otherwise: string): string {
  return isOpen === true ? 'open question' : otherwise;
}
