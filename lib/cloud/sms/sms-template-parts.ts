import { fieldsOf, objectsOf } from '../transport/read-fields.ts';
import { stringOf } from '../transport/read-response.ts';

type Fields = Readonly<Record<string, unknown>>;

/** SMS creates this part of the network itself and needs no further fields (CreateTemplate, 2026-01). */
const AUTO_CREATE = 'autoCreate';

/**
 * The missing parts of a template without which a task fails when it creates the target: with SMS.0007 if the ID or CIDR of the VPC or the image
 * is missing, with SMS.6102 if the name or CIDR of a subnet or the name of a security group is missing (user reports; the API marks only the
 * name of the template as mandatory).
 *
 * @returns their paths, such as `vpc.id` or `nics[0].cidr`; empty when nothing is missing
 */
export function missingTemplateParts(template: Fields): string[] {
  return [
    ...missing(fieldsOf(template['vpc']), 'vpc.', ['id', 'cidr']),
    ...missingInList(template['nics'], 'nics', ['name', 'cidr']),
    ...missingInList(template['security_groups'], 'security_groups', ['name']),
    ...missing(template, '', ['image_id']),
  ];
}

function missingInList(value: unknown, name: string, fields: readonly string[]): string[] {
  const items = objectsOf(value) ?? [];
  return items.length === 0 ? [name] : items.flatMap((item, i) => missing(item, `${name}[${i}].`, fields));
}

function missing(part: Fields, at: string, fields: readonly string[]): string[] {
  if (part['id'] === AUTO_CREATE) return [];
  return fields.filter((field) => stringOf(part[field]) === undefined).map((field) => `${at}${field}`);
}
