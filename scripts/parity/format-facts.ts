import type { Facts, FactsField } from '../../packages/local-cloud/parity/facts.ts';

/** JSON with one operation and one field on a line. */
export function formatFacts({ source, operations, types }: Facts): string {
  const list = (lines: readonly string[]) => lines.join(',\n');
  const fields = (of: Readonly<Record<string, FactsField>>) =>
    list(Object.entries(of).map(([name, field]) => `      ${JSON.stringify(name)}: ${JSON.stringify(field)}`));
  return `{
  "source": ${JSON.stringify(source)},
  "operations": [
${list(operations.map((operation) => `    ${JSON.stringify(operation)}`))}
  ],
  "types": {
${list(Object.entries(types).map(([name, of]) => `    ${JSON.stringify(name)}: {\n${fields(of)}\n    }`))}
  }
}
`;
}
